/** A list of thousands of statements of which only those on screen are in the document. */

import {called, clock, fill, make} from "/static/read-text.js";
import {FLAG} from "/static/read-store.js";

const OVERSCAN_PX = 600;

export class List {
  /**
   * @param feed the element with role="feed"
   * @param store a Store
   * @param dress called with (article, index, row or null) whenever one was made or made anew
   * @param head gives the pixels at the top of the window that something covers
   */
  constructor(feed, store, {dress, head}) {
    this.feed = feed;
    this.store = store;
    this.dress = dress;
    this.head = head;
    this.articles = new Map();
    this.heights = new Map();
    this.tops = new Float64Array(1);
    this.pinned = new Set();
    this.expected = -1;
    this.frame = 0;
    this.width = 0;
    addEventListener("scroll", () => this.soon(), {passive: true});
    this.observer = new ResizeObserver((seen) => this.#resized(seen));
    this.observer.observe(feed);
    store.addEventListener("changed", ({detail}) => this.#changed(detail));
    store.addEventListener("rows", ({detail}) => this.#refresh(detail));
  }

  /** Take over from what the server wrote into the feed. */
  start() {
    this.started = true;
    this.feed.replaceChildren();
    this.#lay();
    this.draw();
  }

  /** Draw in the next frame. */
  soon() {
    if (!this.frame) this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
  }

  #estimate(index) {
    const em = 17, wide = this.store.language === "zh" ? 1 : 0.5;
    const line = Math.max(8, Math.floor((this.width - 32) / (em * wide)));
    return 62 + Math.ceil(this.store.chars(index) / line) * 31;
  }

  #lay() {
    const {order} = this.store;
    this.tops = new Float64Array(order.length + 1);
    for (let i = 0; i < order.length; i++) this.tops[i + 1] = this.tops[i] + (this.heights.get(order[i]) ?? this.#estimate(i));
    if (this.started) this.feed.style.height = `${this.tops[order.length]}px`;
  }

  #index(y) {
    let low = 0, high = this.store.order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle + 1] <= y) low = middle + 1; else high = middle;
    }
    return Math.min(low, this.store.order.length - 1);
  }

  #origin() { return this.feed.getBoundingClientRect().top + scrollY; }

  /** The first statement that shows, and where: what stays put when heights above it change. */
  #anchor() {
    const top = scrollY + this.head() - this.#origin();
    if (top <= 0 || !this.store.order.length) return null;
    const index = this.#index(top);
    return {id: this.store.order[index], offset: top - this.tops[index]};
  }

  #restore(anchor) {
    const index = anchor ? this.store.place.get(anchor.id) : undefined;
    if (index !== undefined) this.#scroll(this.tops[index] + anchor.offset + this.#origin() - this.head());
  }

  #scroll(y) {
    if (Math.abs(y - scrollY) < 1) return;
    this.expected = y;
    scrollTo({top: y, behavior: "instant"});
    this.expected = scrollY;
  }

  /** Whether the window stands where this list put it. */
  get ours() { return Math.abs(scrollY - this.expected) < 2; }

  /** Bring statements on screen into the document, and take the others out. */
  draw() {
    const {order} = this.store;
    if (!this.started || !order.length || !this.width) return;
    const top = scrollY - this.#origin();
    const first = this.#index(Math.max(0, top - OVERSCAN_PX));
    const last = this.#index(Math.max(0, top + innerHeight + OVERSCAN_PX));
    const wanted = new Set(this.pinned);
    for (let i = first; i <= last; i++) wanted.add(order[i]);
    for (const [id, article] of this.articles) {
      if (wanted.has(id) && this.store.place.has(id)) continue;
      this.observer.unobserve(article);
      article.remove();
      this.articles.delete(id);
    }
    const fresh = [];
    let before = null;
    for (const id of [...wanted].filter((one) => this.store.place.has(one)).sort((a, b) => this.store.place.get(a) - this.store.place.get(b))) {
      let article = this.articles.get(id);
      if (!article) {
        article = this.#make(id);
        this.articles.set(id, article);
        fresh.push(id);
        this.feed.insertBefore(article, before ? before.nextSibling : this.feed.firstChild);
      }
      before = article;
    }
    if (fresh.length) this.measure(fresh); else this.#position();
    this.first = first;
    this.last = last;
    this.store.want(first, last);
    this.drawn?.();
  }

  /** Learn how high these are now; what stands on screen stays where it is. */
  measure(ids) {
    ids = ids.filter((id) => this.articles.has(id));
    const anchor = this.#anchor();
    let differs = false;
    const heights = ids.map((id) => this.articles.get(id).offsetHeight);
    ids.forEach((id, i) => {
      if (heights[i] && this.heights.get(id) !== heights[i]) { this.heights.set(id, heights[i]); differs = true; }
      this.observer.observe(this.articles.get(id));
    });
    if (differs) { this.#lay(); this.#position(); this.#restore(anchor); } else this.#position();
  }

  #position() {
    for (const [id, article] of this.articles) {
      const index = this.store.place.get(id);
      if (index !== undefined) article.style.transform = `translateY(${this.tops[index]}px)`;
    }
  }

  #make(id) {
    const article = make("article", {className: "said", id, tabIndex: -1, "data-id": id, "aria-labelledby": `${id}-who`});
    this.#render(article);
    return article;
  }

  #render(article) {
    const {id} = article.dataset, {store} = this, index = store.place.get(id), row = store.rows.get(id) ?? null;
    article.setAttribute("aria-posinset", index + 1);
    article.setAttribute("aria-setsize", store.order.length);
    const voice = store.voice(index);
    const header = make("header", {id: `${id}-who`},
      make("span", {className: `who ${store.unknown(index) ? "doubt" : ""}`, textContent: called(store.voices, voice)}), " ",
      make("button", {type: "button", className: "at", "data-ms": store.start(index), textContent: clock(store.start(index)), title: "從這裡播放 Play from here"}));
    const flags = [[FLAG.overlapped, "⇄", "有人同時說話 overlapped"], [FLAG.gap, "◌", "有聽不清處 inaudible"], [FLAG.corrected, "✎", "有人改過 corrected by a person"]];
    for (const [flag, sign, title] of flags) {
      if (store.has(index, flag)) header.append(" ", make("span", {className: "flag", role: "img", "aria-label": title, title, textContent: sign}));
    }
    if (row && !row.searched) header.append(" ", make("span", {className: "flag", textContent: "標記搜尋中 looking for mentions…"}));
    const text = make("p", {className: "text"});
    if (row) fill(text, row, this.suggestions?.get(id) ?? []);
    else text.textContent = "…";
    article.classList.toggle("waiting", !row);
    article.replaceChildren(header, text);
    this.dress(article, index, row);
  }

  /** Make these statements anew, if they are in the document; what stands on screen stays where it is. */
  #refresh(ids) {
    const shown = ids.filter((id) => this.articles.has(id) && this.store.place.has(id));
    for (const id of shown) this.#render(this.articles.get(id));
    if (shown.length) { this.measure(shown); this.drawn?.(); }
  }

  refresh(ids) { this.#refresh(ids ?? [...this.articles.keys()]); }

  #changed(ids) {
    const anchor = this.#anchor();
    if (!ids) { this.#lay(); this.#restore(anchor); this.draw(); }
    // Only what differs is made anew: somebody may be selecting or clicking in the rest.
    const renamed = (id) => this.store.place.has(id) && this.articles.get(id).querySelector(".who").textContent !== called(this.store.voices, this.store.voice(this.store.place.get(id)));
    this.#refresh(ids ? [...this.articles.keys()].filter((id) => ids.includes(id) || renamed(id)) : [...this.articles.keys()]);
    this.soon();
  }

  #resized(seen) {
    const width = this.feed.clientWidth;
    if (width !== this.width) {
      const anchor = this.#anchor();
      this.width = width;
      this.heights.clear();
      this.#lay();
      this.#restore(anchor);
      this.draw();
      this.measure([...this.articles.keys()]);
    } else this.measure(seen.map((one) => one.target.dataset.id));
  }

  /** Whether a statement shows as a whole, or begins and fills the window. */
  shows(index) {
    const top = this.tops[index] + this.#origin() - scrollY, bottom = top + this.tops[index + 1] - this.tops[index];
    return top >= this.head() && (bottom <= innerHeight - this.foot() || top < innerHeight / 2);
  }

  /** The first statement that shows. */
  onTop() { return this.#index(Math.max(0, scrollY + this.head() - this.#origin())); }

  foot() { return 0; }

  /** Scroll to a statement, a third down the window. */
  go(index) {
    if (index < 0 || index >= this.store.order.length) return;
    const room = innerHeight - this.head() - this.foot();
    const to = () => this.#scroll(Math.max(0, this.tops[index] + this.#origin() - this.head() - room / 5));
    to();
    this.draw();
    to();  // the statements around it were measured only now
  }

  /** The statement's element, in the document. */
  bring(id) {
    const index = this.store.place.get(id);
    if (index === undefined) return null;
    if (!this.articles.has(id) || !this.shows(index)) this.go(index);
    return this.articles.get(id);
  }
}
