/** The public text beside the private one, statement by statement, with the sound as it was and as it would be heard. */
import {beside, get, post, problem as sayProblem, say} from "./api.js";
import {key} from "./keys.js";
import {markable} from "./mark.js";
import {button, el} from "./marks-parts.js";
import {Rows} from "./rows.js";

const place = document.getElementById("beside");
const meeting = place.dataset.meeting;
const here = `/meetings/${meeting}`;
const audio = document.getElementById("audio");
const onlyMarked = document.getElementById("only-marked");
const withPrivate = document.getElementById("with-private");

let pairs = [];
let passages = {};  // by statement: why it deserves a full read, and whether this person ticked it off
let items = [];
let current = "";
const list = new Rows(document.getElementById("pairs"), render, 96);

function render(item, index) {
  const {pair} = item;
  const row = el("div", {className: `pair${pair.private.length ? "" : " alone"}`, id: pair.id, tabIndex: item.key === current ? 0 : -1});
  row.classList.toggle("current", item.key === current);
  row.addEventListener("focus", () => choose(index, false));
  const box = el("div");
  if (pair.private.length) {
    const said = el("p");
    said.dataset.statement = pair.id;
    said.dataset.digest = pair.digest;
    for (const piece of pair.private) said.append(piece.state ? el("mark", {className: piece.state, textContent: piece.text}) : piece.text);
    box.append(el("div", {className: "private"},
      el("div", {className: "who"}, el("b", {textContent: pair.speaker}), el("span", {textContent: pair.at}), button("▶ 原音 Sound", "", () => play(pair, "excerpt"))), said));
  }
  const passage = passages[pair.id];
  if (passage) box.append(toRead(pair, passage));
  const text = pair.public ? el("p", {textContent: pair.public}) : el("p", {className: "none"}, ...beside("這段不公開 nothing of this is published"));
  box.append(el("div", {className: "public"},
    el("div", {className: "who"}, el("b", {textContent: pair.label}), el("span", {textContent: pair.at}), button("▶ 公開的聲音 As published", "", () => play(pair, "masked"))), text));
  row.append(box);
  return row;
}

function toRead(pair, passage) {
  const tick = el("input", {type: "checkbox", checked: passage.read});
  tick.addEventListener("change", () => mark(pair, tick.checked));
  const line = el("div", {className: "to-read"}, el("label", {className: "switch"}, tick, ...beside(passage.first ? "先讀，讀過了 first; read" : "讀過了 read")));
  line.append(el("span", {}, ...beside(`${passage.why.zh} ${passage.why.en}`)));
  return line;
}

/** Tick a statement off as read, or take that back. */
async function mark(pair, read) {
  const answered = await post(`${here}/read`, {statement: pair.id, digest: pair.digest, read});
  if (!answered.ok) return sayProblem(answered.said);
  passages[pair.id].read = read;
  list.redraw();
  count();
  return undefined;
}

function count() {
  const all = Object.values(passages), read = all.filter((one) => one.read).length;
  const place = document.getElementById("read-count");
  if (place) place.textContent = ` ${read}/${all.length} 讀過 read`;
  acknowledge(read, all.length - read);
  for (const link of document.querySelectorAll(".passages [data-open]")) link.classList.toggle("read", Boolean(passages[link.dataset.open]?.read));
}

/** Beside the approval: how much is read, and the tick that the rest is known to be unread. */
function acknowledge(read, left) {
  const tick = document.getElementById("unread");
  if (!tick) return;
  for (const place of document.querySelectorAll("[data-read]")) place.textContent = read;
  for (const place of document.querySelectorAll("[data-unread]")) place.textContent = left;
  if (left > Number(tick.value)) tick.checked = false;
  tick.value = left;
  tick.required = left > 0;
  tick.closest("p").hidden = !left;
}

/** Go to the next statement that deserves a full read and was not read, those first that come first. */
export function next() {
  const left = pairs.filter((pair) => passages[pair.id] && !passages[pair.id].read);
  const after = left.filter((pair) => items.findIndex((item) => item.key === pair.id) > chosen());
  const pick = (some) => some.find((pair) => passages[pair.id].first) ?? some[0];
  const found = pick(after) ?? pick(left);
  if (found) open(found.id);
  else say("都讀過了。All of them are read.");
}

function play(pair, kind) {
  const to = Math.min(pair.end_ms, pair.start_ms + 120000);
  audio.src = `${here}/${kind}.wav?from=${pair.start_ms}&to=${to}`;
  audio.play().catch(() => {});
}

audio.addEventListener("error", async () => {
  const refused = await get(audio.currentSrc);
  if (!refused.ok) sayProblem(refused.said);
});

function arrange() {
  items = pairs.filter((pair) => !onlyMarked.checked || pair.private.some((piece) => piece.state))
    .map((pair) => ({key: pair.id, pair}));
  list.set(items);
}

function choose(index, focus = true) {
  if (index < 0 || index >= items.length) return;
  const before = items.findIndex((item) => item.key === current);
  current = items[index].key;
  for (const at of [before, index]) {
    const shown = list.shown.get(at);
    shown?.classList.toggle("current", at === index);
    if (shown) shown.tabIndex = at === index ? 0 : -1;
  }
  if (!focus) return;
  const element = list.reveal(index);
  element?.classList.add("current");
  element?.focus({preventScroll: true});
}

/** Go to a statement and play it. */
export function open(statement) {
  if (onlyMarked.checked) {
    onlyMarked.checked = false;
    arrange();
  }
  const index = items.findIndex((item) => item.key === statement);
  choose(index);
  if (index >= 0) play(items[index].pair, items[index].pair.private.length ? "excerpt" : "masked");
}

const chosen = () => items.findIndex((item) => item.key === current);
const move = (step) => choose(Math.max(0, Math.min(items.length - 1, chosen() + step)));
const sound = (kind) => () => chosen() >= 0 && play(items[chosen()].pair, kind);
key("j", "下一段", "Next statement", () => move(1));
key("k", "上一段", "Statement before", () => move(-1));
key("p", "聽原音", "Hear it", sound("excerpt"));
key("o", "聽公開的聲音", "Hear it as published", sound("masked"));
key("n", "下一段要讀的", "Next statement to read in full", next);
key("r", "這段讀過了／還沒", "This one is read, or not yet", () => {
  const pair = items[chosen()]?.pair;
  if (pair && passages[pair.id]) mark(pair, !passages[pair.id].read);
});
key("c", "到這段話去更正", "Correct the statement", () => chosen() >= 0 && location.assign(`${here}#${current}`));
onlyMarked.addEventListener("change", arrange);
withPrivate?.addEventListener("change", load);

export async function load() {
  const both = withPrivate ? withPrivate.checked : place.dataset.both === "1";
  const answered = await get(`${here}/beside.json${both ? "?both=1" : ""}`);
  if (!answered.ok) return sayProblem(answered.said);
  ({pairs, passages} = answered.said);
  arrange();
  count();
  if (location.hash) choose(items.findIndex((item) => item.key === location.hash.slice(1)));
  return undefined;
}

if (document.getElementById("hide")) {
  const hideSelected = markable(meeting, load);
  key("x", "隱去選取的字", "Hide the selection", hideSelected);
}
await load();
