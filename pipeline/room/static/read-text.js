/** A statement's text as elements: marks, unsure words, gaps and suggestions; and from a place in it to a word. */

/** Offsets of characters (code points) as offsets of a JavaScript string; the same where all are in the first plane. */
export function units(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (point) => point;
  const at = [0];
  for (const character of text) at.push(at.at(-1) + character.length);
  return (point) => at[Math.min(point, at.length - 1)];
}

/** The other way round. */
export function points(text, unit) {
  return Array.from(text.slice(0, unit)).length;
}

/** Words of a row: `{start, end}` in string offsets, `from` and `to` in milliseconds, `sure` in percent. */
export function words(row) {
  if (!row.placed) {
    const to = units(row.text), flat = row.words;
    row.placed = [];
    for (let i = 0; i < flat.length; i += 5) {
      row.placed.push({start: to(flat[i]), end: to(flat[i + 1]), from: flat[i + 2], to: flat[i + 3], sure: flat[i + 4]});
    }
  }
  return row.placed;
}

/** The word at a string offset, or the nearest one before it. */
export function wordAt(row, unit) {
  const all = words(row);
  let low = 0, high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].start <= unit) low = middle + 1; else high = middle;
  }
  return all[Math.max(0, low - 1)];
}

/** The word that is spoken at a moment, or was last; null before the first. */
export function wordAtTime(row, ms) {
  const all = words(row);
  let low = 0, high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle].from <= ms) low = middle + 1; else high = middle;
  }
  return low ? all[low - 1] : null;
}

const UNSURE = 50;

/** Stretches of a row that look otherwise than plain text: `[start, end, class, attributes]`, in string offsets. */
function stretches(row, suggestions) {
  const to = units(row.text), found = [];
  let unsure = null;
  for (const word of words(row)) {
    if (word.sure < UNSURE && unsure?.[1] === word.start) unsure[1] = word.end;
    else if (word.sure < UNSURE) found.push(unsure = [word.start, word.end, "unsure", null]);
  }
  for (const [start, end] of row.gaps) found.push([to(start), to(end), "gap", null]);
  for (const mark of row.marks) found.push([to(mark.start), to(mark.end), `mark ${mark.state}`, mark]);
  for (const one of suggestions) found.push([to(one.char_start), to(one.char_end), "suggest", null]);
  return found;
}

const STATE = {mask: "遮去 masked", keep: "保留 kept", open: "未決 undecided"};

/** Fill an element with a row's text; every piece knows where it begins (`data-start`). */
export function fill(place, row, suggestions = []) {
  const found = stretches(row, suggestions);
  const edges = [...new Set([0, row.text.length, ...found.flatMap(([start, end]) => [start, end])])].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const [start, end] = [edges[i], edges[i + 1]];
    const over = found.filter((one) => one[0] <= start && one[1] >= end);
    const mark = over.find((one) => one[3]);
    const piece = document.createElement(mark ? "mark" : "span");
    piece.dataset.start = start;
    piece.className = over.map((one) => one[2]).join(" ");
    if (mark) {
      if (mark[0] === start) piece.classList.add("first");
      if (mark[1] === end) piece.classList.add("last");
      piece.title = `${STATE[mark[3].state]}${mark[3].state === "mask" ? ` → ${mark[3].instead}` : ""} (${mark[3].why.join(" ")})`;
      piece.dataset.mark = mark[3].id;
    }
    piece.textContent = row.text.slice(start, end);
    pieces.push(piece);
  }
  place.replaceChildren(...pieces);
}

/** A Range over string offsets of a text that `fill` made. */
export function rangeOf(place, start, end) {
  const range = document.createRange();
  let begun = false;
  for (const piece of place.children) {
    const from = Number(piece.dataset.start), node = piece.firstChild;
    if (!node) continue;
    if (!begun && start < from + node.length) { range.setStart(node, Math.max(0, start - from)); begun = true; }
    if (begun && end <= from + node.length) { range.setEnd(node, Math.max(0, end - from)); return range; }
  }
  return null;
}

/** The string offset of a place in the document, if it is in a text that `fill` made. */
export function offsetOf(node, offset) {
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest("[data-start]");
  return piece ? Number(piece.dataset.start) + (node.nodeType === Node.TEXT_NODE ? offset : 0) : null;
}

/** The string offset under the pointer. */
export function offsetAt(x, y) {
  if (document.caretPositionFromPoint) {
    const caret = document.caretPositionFromPoint(x, y);
    return caret && offsetOf(caret.offsetNode, caret.offset);
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? offsetOf(range.startContainer, range.startOffset) : null;
}

/** `1:02:03` of milliseconds. */
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000)), two = (n) => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  return h ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

const TAIPEI = new Intl.DateTimeFormat("sv", {timeZone: "Asia/Taipei", dateStyle: "short", timeStyle: "short"});

/** A moment of the ledger as people in Taiwan read it: 2026-05-01 10:38. */
export function when(at) {
  return TAIPEI.format(new Date(at));
}

/** A voice for people: the name, or what is known instead. */
export function called(voices, id) {
  const voice = voices[id] ?? {state: "open"};
  const doubt = {proposed: "？", conflict: "（證據矛盾 at odds）", nobody: "（不在名單上 nobody listed）", unknown: "（聲音不明 unknown）", open: "（未指認 not named）"};
  return voice.name ? `${voice.name}${doubt[voice.state] ?? ""}` : `${id}${doubt[voice.state] ?? ""}`;
}

/** An element with properties, `data-` and `aria-` attributes, and children. */
export function make(tag, values = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) {
    if (/^(data|aria)-|^(role|for|lang)$/.test(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Chinese with English beside it, as `words.html` has it. */
export function both(zh, en) {
  const made = document.createDocumentFragment();
  made.append(make("span", {className: "zh", textContent: zh}), " ", make("span", {className: "en", lang: "en", textContent: en}));
  return made;
}

/** A button that says what it does in both languages. */
export function button(zh, en, act, className = "quiet") {
  const made = make("button", {type: "button", className}, both(zh, en));
  made.addEventListener("click", act);
  return made;
}
