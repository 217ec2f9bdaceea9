/** The waveform, and who speaks when: one axis of time, a row for each voice, places where several speak or nobody does. */

import {called, clock, make} from "/static/read-text.js";

const ROW_PX = 12;
const WAVE_PX = 56;
const PEAK_MS = 50;

export class Picture {
  /**
   * @param place the element that holds it: a [role=slider] with a <canvas>, a playhead, and a place for names of rows
   * @param store a Store
   * @param player a Player
   */
  constructor(place, store, player) {
    Object.assign(this, {store, player, peaks: new Uint8Array(), turns: [], voices: [], silences: [], overlaps: []});
    this.slider = place.querySelector("[role=slider]");
    this.canvas = place.querySelector("canvas");
    this.head = place.querySelector(".playhead");
    this.names = place.querySelector(".names");
    this.span = 0;  // milliseconds that show; 0 for all
    this.from = 0;
    new ResizeObserver(() => this.draw()).observe(this.slider);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.slider.addEventListener("pointerdown", (event) => this.#grab(event));
    this.slider.addEventListener("keydown", (event) => this.#key(event));
    player.addEventListener("moment", ({detail}) => this.at(detail));
  }

  take({turns, silences}) {
    this.turns = turns;
    this.silences = silences;
    this.voices = [...new Set(turns.map((turn) => turn[0]))];
    this.overlaps = [];
    let until = 0, who = "";
    for (const [voice, start, end] of turns) {
      if (start < until && voice !== who) this.overlaps.push([start, Math.min(end, until)]);
      if (end > until) { until = end; who = voice; }
    }
    this.draw();
  }

  /** Show all (0) or so many milliseconds around where it plays. */
  zoom(span) {
    this.span = span;
    this.#follow(this.player.ms, true);
    this.draw();
  }

  get shown() { return this.span || this.store.duration || 1; }

  #follow(ms, always = false) {
    if (!this.span) { this.from = 0; return; }
    if (!always && ms >= this.from && ms < this.from + this.span) return;
    this.from = Math.max(0, Math.min(ms - this.span / 10, this.store.duration - this.span));
    this.draw();
  }

  draw() {
    const width = this.slider.clientWidth, rows = this.voices.length + 2;
    const height = WAVE_PX + rows * ROW_PX, scale = devicePixelRatio || 1;
    if (!width) return;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    this.canvas.style.height = `${height}px`;
    const pen = this.canvas.getContext("2d"), style = getComputedStyle(this.slider);
    const colour = (name) => style.getPropertyValue(name).trim();
    pen.scale(scale, scale);
    pen.clearRect(0, 0, width, height);
    const x = (ms) => (ms - this.from) / this.shown * width;
    pen.fillStyle = style.color;
    for (let column = 0; column < width; column++) {
      const begin = Math.floor((this.from + column / width * this.shown) / PEAK_MS);
      const end = Math.max(begin + 1, Math.floor((this.from + (column + 1) / width * this.shown) / PEAK_MS));
      let peak = 0;
      for (let i = begin; i < end && i < this.peaks.length; i++) if (this.peaks[i] > peak) peak = this.peaks[i];
      const tall = Math.max(1, peak / 255 * (WAVE_PX - 4));
      pen.fillRect(column, (WAVE_PX - tall) / 2, 1, tall);
    }
    const bar = (start, end, y, tall) => {
      if (end > this.from && start < this.from + this.shown) pen.fillRect(x(start), y, Math.max(1, x(end) - x(start)), tall);
    };
    const row = new Map(this.voices.map((voice, index) => [voice, WAVE_PX + index * ROW_PX]));
    pen.fillStyle = style.borderBottomColor;
    for (const y of [...row.values(), WAVE_PX + this.voices.length * ROW_PX]) pen.fillRect(0, y, width, 1);
    pen.fillStyle = style.color;
    for (const [voice, start, end] of this.turns) bar(start, end, row.get(voice) + 3, ROW_PX - 5);
    pen.fillStyle = style.outlineColor;
    for (const [start, end] of this.overlaps) bar(start, end, WAVE_PX + this.voices.length * ROW_PX + 3, ROW_PX - 5);
    pen.fillStyle = style.borderTopColor;
    for (const [start, end] of this.silences) bar(start, end, WAVE_PX + (this.voices.length + 1) * ROW_PX + 3, ROW_PX - 5);
    this.names.replaceChildren(
      ...this.voices.map((voice) => make("span", {textContent: called(this.store.voices, voice), title: called(this.store.voices, voice)})),
      make("span", {className: "overlaps", textContent: "同時 overlap"}),
      make("span", {className: "silences", textContent: "無聲 silence"}),
    );
    this.names.style.paddingTop = `${WAVE_PX}px`;
    this.at(this.player.ms);
  }

  at(ms) {
    this.#follow(ms);
    const x = (ms - this.from) / this.shown * this.slider.clientWidth;
    this.head.style.transform = `translateX(${x}px)`;
    const second = Math.floor(ms / 1000);
    if (second === this.second) return;
    this.second = second;
    const index = this.store.at(ms);
    const who = index < 0 ? "" : `，${called(this.store.voices, this.store.voice(index))}`;
    this.slider.setAttribute("aria-valuenow", second);
    this.slider.setAttribute("aria-valuemax", Math.ceil(this.store.duration / 1000));
    this.slider.setAttribute("aria-valuetext", `${clock(ms)} / ${clock(this.store.duration)}${who}`);
  }

  #grab(event) {
    const seek = ({clientX}) => {
      const {left, width} = this.slider.getBoundingClientRect();
      this.player.seek(this.from + Math.min(1, Math.max(0, (clientX - left) / width)) * this.shown);
    };
    this.slider.setPointerCapture(event.pointerId);
    seek(event);
    this.slider.onpointermove = seek;
    this.slider.onpointerup = this.slider.onpointercancel = () => { this.slider.onpointermove = null; };
  }

  #key(event) {
    const by = {ArrowLeft: -5000, ArrowRight: 5000, PageDown: 60_000, PageUp: -60_000}[event.key];
    const to = {Home: 0, End: this.store.duration - 1000}[event.key];
    if (by === undefined && to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.player.seek(to ?? this.player.ms + by);
  }
}
