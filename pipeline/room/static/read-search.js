/** Searching the text, and lighting words: what was found, and what is being spoken. */

import {post} from "/static/api.js";
import {rangeOf, units} from "/static/read-text.js";

const can = typeof Highlight !== "undefined" && CSS.highlights;

/** Light stretches of text: `[element with the text, start, end]`, in string offsets. */
export function light(name, stretches) {
  if (!can) return;
  const ranges = stretches.map(([place, start, end]) => place && rangeOf(place, start, end)).filter(Boolean);
  if (ranges.length) CSS.highlights.set(name, new Highlight(...ranges)); else CSS.highlights.delete(name);
}

export class Search {
  /**
   * @param form with an input, an element with the class `count`, and buttons `data-to="-1"` and `"1"`
   * @param store a Store
   * @param list a List
   * @param shown called with the id of the statement it went to
   */
  constructor(form, store, list, shown) {
    Object.assign(this, {form, store, list, shown, places: [], count: 0, now: -1, asked: ""});
    this.input = form.querySelector("input");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.input.value.trim() === this.asked && this.places.length) this.step(1);
      else this.ask();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.shiftKey && !event.isComposing) { event.preventDefault(); this.step(-1); }
      if (event.key === "Escape") { this.clear(); this.input.blur(); }
    });
    this.input.addEventListener("input", () => { if (!this.input.value) this.clear(); });
    for (const button of form.querySelectorAll("[data-to]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.to)));
    }
  }

  clear() {
    this.asked = "";
    this.places = [];
    this.now = -1;
    this.#say("");
    this.paint();
  }

  async ask() {
    const text = this.input.value.trim();
    if (!text) { this.clear(); return; }
    const {ok, said} = await post(`${this.store.base}/search`, {text});
    if (!ok) { this.#say(said.error_zh || said.error); return; }
    this.asked = text;
    this.places = said.places;
    this.count = said.count;
    this.now = -1;
    if (!this.count) this.#say("找不到 nothing found");
    else this.step(1);
  }

  /** Look again, because the text changed; it stays at the place where it is. */
  async again() {
    if (!this.asked) return;
    const {ok, said} = await post(`${this.store.base}/search`, {text: this.asked});
    if (!ok) return;
    const at = this.places[this.now];
    this.places = said.places;
    this.count = said.count;
    this.now = at ? this.places.findIndex(([id, start]) => id === at[0] && start >= at[1]) : -1;
    this.#say(this.now < 0 ? `${this.count}` : `${this.now + 1} / ${this.count}`);
    this.paint();
  }

  /** To the next place, or the one before; from where the window stands the first time. */
  step(by) {
    const all = this.places.length;
    if (!all) return;
    if (this.now < 0) {
      const from = this.store.order[this.list.onTop()];
      const place = this.store.place.get(from) ?? 0;
      const next = this.places.findIndex(([id]) => (this.store.place.get(id) ?? -1) >= place);
      this.now = next < 0 ? 0 : next;
    } else this.now = (this.now + by + all) % all;
    const id = this.places[this.now][0];
    this.#say(`${this.now + 1} / ${this.count}`);
    this.list.bring(id);
    this.shown(id);
    this.paint();
  }

  #say(text) { this.form.querySelector(".count").textContent = text; }

  /** Light what was found in the statements that are in the document. */
  paint() {
    const hits = [], now = [];
    this.places.forEach(([id, start, end], index) => {
      const article = this.list.articles.get(id), row = this.store.rows.get(id);
      const place = article?.querySelector(".text");
      if (!place || !row) return;
      const to = units(row.text);
      (index === this.now ? now : hits).push([place, to(start), to(end)]);
    });
    light("found", hits);
    light("found-now", now);
  }
}
