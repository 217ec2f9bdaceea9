/** A long list of which only what is on screen (and a little more) is in the document; rows may differ in height. */

const BEYOND_PX = 600;  // so much more is there on either side, for fast scrolling

export class Rows {
  /**
   * @param place an element with role="list"; it scrolls with the page
   * @param render makes the element of an item: `render(item, index)`
   * @param guess height in pixels of a row that was never seen
   */
  constructor(place, render, guess = 96) {
    this.place = place;
    this.render = render;
    this.guess = guess;
    this.items = [];
    this.heights = new Map();  // by key: what a row's height was when it was last shown
    this.shown = new Map();  // by index: its element
    place.style.position = "relative";
    const soon = () => {
      if (this.waiting) return;
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        this.draw();
      });
    };
    addEventListener("scroll", soon, {passive: true});
    addEventListener("resize", () => {
      this.heights.clear();
      soon();
    });
  }

  /** Other items, each with a `key` of its own; what is on screen is made anew. */
  set(items) {
    this.items = items;
    this.redraw();
  }

  /** Make what is on screen anew. */
  redraw() {
    for (const element of this.shown.values()) element.remove();
    this.shown.clear();
    this.draw();
  }

  height(index) {
    return this.heights.get(this.items[index].key) ?? this.guess;
  }

  place_rows() {
    this.tops = new Float64Array(this.items.length + 1);
    for (let i = 0; i < this.items.length; i++) this.tops[i + 1] = this.tops[i] + this.height(i);
    this.place.style.height = `${this.tops[this.items.length]}px`;
  }

  at(pixel) {
    let low = 0, high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tops[middle + 1] <= pixel) low = middle + 1; else high = middle;
    }
    return low;
  }

  draw() {
    this.place_rows();
    const from = -this.place.getBoundingClientRect().top;
    const first = this.at(Math.max(0, from - BEYOND_PX)), last = this.at(from + innerHeight + BEYOND_PX);
    for (const [index, element] of this.shown) {
      const held = element.contains(document.activeElement);
      if ((index < first || index > last) && !held) {
        element.remove();
        this.shown.delete(index);
      }
    }
    for (let index = first; index <= last && index < this.items.length; index++) {
      if (this.shown.has(index)) continue;
      const element = this.render(this.items[index], index);
      element.style.position = "absolute";
      element.style.left = element.style.right = "0";
      element.setAttribute("role", "listitem");
      element.setAttribute("aria-setsize", this.items.length);
      element.setAttribute("aria-posinset", index + 1);
      const next = [...this.shown.keys()].filter((other) => other > index).sort((a, b) => a - b)[0];
      this.place.insertBefore(element, next === undefined ? null : this.shown.get(next));
      this.shown.set(index, element);
    }
    this.measure();
    for (const [index, element] of this.shown) element.style.top = `${this.tops[index]}px`;
  }

  measure() {
    let other = false;
    for (const [index, element] of this.shown) {
      const height = element.offsetHeight, key = this.items[index].key;
      if (this.heights.get(key) !== height) {
        this.heights.set(key, height);
        other = true;
      }
    }
    if (other) this.place_rows();
  }

  /** Bring an item into view; its element. */
  reveal(index) {
    this.place_rows();
    const top = this.place.getBoundingClientRect().top + this.tops[index];
    const room = innerHeight - this.height(index);
    if (top < 120 || top > room - 24) scrollBy({top: top - Math.max(120, room / 3)});
    this.draw();
    return this.shown.get(index);
  }
}
