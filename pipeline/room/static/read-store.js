/** What the page knows of a meeting: an outline of every statement, the rows it has fetched, and what others change. */

import {get, post} from "/static/api.js";

/** Bits of a statement's flags, as `pipeline.reader.Flag` has them. */
export const FLAG = {gap: 1, unsure: 2, marked: 4, undecided: 8, overlapped: 16, corrected: 32};

const CHUNK = 100;
const POLL_MS = 4000;
const SOON_MS = 600;  // while what was changed is still searched for mentions

/** Fires "changed" (detail: ids, or null for all), "rows" (detail: ids) and "steps". */
export class Store extends EventTarget {
  /** @param {string} base path of the meeting's pages */
  constructor(base) {
    super();
    this.base = base;
    this.version = "";
    this.order = [];
    this.place = new Map();
    this.outline = new Map();
    this.rows = new Map();
    this.voices = {};
    this.duration = 0;
    this.drafted = null;  // another word after marks were looked for again
    this.settled = true;  // whether all that was changed has been searched for mentions
    this.undo = this.redo = null;
    this.fetching = new Set();
  }

  async load() {
    const {ok, said} = await get(`${this.base}/outline`);
    if (!ok) return said;
    this.version = said.version;
    this.settled = said.settled;
    this.drafted = said.drafted;
    this.duration = said.duration;
    this.language = said.language;
    this.voices = said.voices;
    this.outline = new Map(said.columns.map((column) => [column[0], column]));
    this.rows.clear();
    this.#arrange(said.columns.map((column) => column[0]));
    this.#steps(said);
    this.#tell("changed", null);
    return null;
  }

  #arrange(order) {
    this.order = order;
    this.place = new Map(order.map((id, index) => [id, index]));
    this.starts = Float64Array.from(order, (id) => this.outline.get(id)[1]);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, {detail}));
  }

  #steps(said) {
    if (!("undo" in said)) return;
    this.undo = said.undo;
    this.redo = said.redo;
    this.#tell("steps", null);
  }

  start(index) { return this.outline.get(this.order[index])[1]; }
  end(index) { return this.outline.get(this.order[index])[2]; }
  voice(index) { return this.outline.get(this.order[index])[3]; }
  chars(index) { return this.outline.get(this.order[index])[4]; }
  has(index, flag) { return (this.outline.get(this.order[index])[5] & flag) !== 0; }

  /** Whether nobody said for sure who speaks there. */
  unknown(index) {
    return !["confirmed", "nobody"].includes(this.voices[this.voice(index)]?.state);
  }

  /** The statement that is spoken at a moment, or the last one before it; -1 before the first. */
  at(ms) {
    let low = 0, high = this.order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= ms) low = middle + 1; else high = middle;
    }
    for (let i = low - 1; i >= 0 && i > low - 5; i--) if (ms < this.end(i)) return i;
    return low - 1;
  }

  /** Fetch the rows around these places that are not here yet. */
  async want(first, last) {
    const wanted = [];
    for (let chunk = Math.floor(first / CHUNK); chunk <= Math.floor(last / CHUNK); chunk++) {
      for (let i = chunk * CHUNK; i < Math.min((chunk + 1) * CHUNK, this.order.length); i++) {
        if (!this.rows.has(this.order[i])) { wanted.push(i); break; }
      }
    }
    await Promise.all(wanted.map((index) => this.#fetch(this.order[index])));
  }

  async #fetch(id) {
    if (this.fetching.has(id)) return;
    this.fetching.add(id);
    const {ok, said} = await get(`${this.base}/statements?from=${encodeURIComponent(id)}&count=${CHUNK}`);
    this.fetching.delete(id);
    if (ok) this.#put(said.rows);
  }

  #put(rows) {
    for (const row of rows) this.rows.set(row.id, row);
    this.#tell("rows", rows.map((row) => row.id));
  }

  /** Take over what the room says has changed. */
  async take(said) {
    if (said.again) { await this.load(); return; }
    this.settled = said.settled;
    if (said.version === this.version) { this.#steps(said); return; }
    this.version = said.version;
    this.drafted = said.drafted;
    this.voices = said.voices;
    for (const column of said.columns) this.outline.set(column[0], column);
    for (const id of said.stale) this.rows.delete(id);
    for (const row of said.rows) this.rows.set(row.id, row);
    if (said.order) {
      const there = new Set(said.order);
      for (const id of this.order) if (!there.has(id)) { this.outline.delete(id); this.rows.delete(id); }
      this.#arrange(said.order);
    }
    this.#steps(said);
    this.#tell("changed", said.order ? null : said.columns.map((column) => column[0]));
  }

  /** Ask for changes; what the room answered, which is taken over already if it did them. */
  async act(acts) {
    const answer = await post(`${this.base}/acts`, {acts, since: this.version});
    if (answer.ok) await this.take(answer.said);
    else if (answer.status === 409) await this.poll();
    return answer;
  }

  async poll() {
    const {ok, said} = await get(`${this.base}/changes?since=${encodeURIComponent(this.version)}`);
    if (ok) await this.take(said);
  }

  /** Ask again and again, as long as somebody looks. */
  watch() {
    const again = async () => {
      if (!document.hidden && performance.now() - asked > (this.settled ? POLL_MS : 0)) {
        await this.poll();
        asked = performance.now();
      }
      setTimeout(again, SOON_MS);
    };
    let asked = performance.now();
    setTimeout(again, SOON_MS);
  }
}
