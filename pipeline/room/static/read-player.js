/** The sound: play, skip silence, loop a span, and say which moment is heard. */

import {forget, playSpan} from "/static/span.js";

const BEFORE_SPEECH_MS = 200;

/** Fires "moment" with milliseconds: at every frame while it plays, and once after a jump. */
export class Player extends EventTarget {
  /** @param {HTMLAudioElement} audio */
  constructor(audio) {
    super();
    this.audio = audio;
    this.silences = [];
    this.skipping = false;
    this.looped = null;
    this.frame = 0;
    audio.addEventListener("play", () => this.#run());
    audio.addEventListener("pause", () => this.#tell());
    audio.addEventListener("seeked", () => this.#tell());
    audio.addEventListener("loadedmetadata", () => this.#tell());
  }

  get ms() { return this.audio.currentTime * 1000; }
  get playing() { return !this.audio.paused; }

  #tell() { this.dispatchEvent(new CustomEvent("moment", {detail: this.ms})); }

  #run() {
    cancelAnimationFrame(this.frame);
    const step = () => {
      if (this.skipping && !this.looped) this.#skip();
      this.#tell();
      if (this.playing) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  #skip() {
    const ms = this.ms;
    let low = 0, high = this.silences.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.silences[middle][0] <= ms) low = middle + 1; else high = middle;
    }
    const silence = this.silences[low - 1];
    if (silence && ms > silence[0] + BEFORE_SPEECH_MS && ms < silence[1] - 2 * BEFORE_SPEECH_MS) {
      this.audio.currentTime = (silence[1] - BEFORE_SPEECH_MS) / 1000;
    }
  }

  toggle() {
    if (!this.playing) this.audio.play().catch(() => {});  // the browser says by itself why it does not play
    else this.audio.pause();
  }

  /** Go to a moment; a loop around another place ends. */
  seek(ms) {
    if (this.looped && (ms < this.looped[0] || ms >= this.looped[1])) this.loop(null);
    const end = Number.isFinite(this.audio.duration) ? this.audio.duration : Infinity;
    this.audio.currentTime = Math.min(Math.max(0, ms / 1000), end);
    this.#tell();
  }

  playFrom(ms) {
    this.seek(ms);
    if (!this.playing) this.toggle();
  }

  /** Play a span again and again; null: play on. */
  loop(span) {
    this.looped = span;
    if (span) playSpan(this.audio, span[0], span[1], {loop: true});
    else forget();
    this.dispatchEvent(new CustomEvent("loop", {detail: span}));
  }
}
