/** The public text beside the private one, statement by statement, with the sound as it was and as it would be heard. */
import {get, say} from "./api.js";
import {key} from "./keys.js";
import {markable} from "./mark.js";
import {Rows} from "./rows.js";

const place = document.getElementById("beside");
const meeting = place.dataset.meeting;
const here = `/meetings/${meeting}`;
const audio = document.getElementById("audio");
const onlyMarked = document.getElementById("only-marked");
const withPrivate = document.getElementById("with-private");

let pairs = [];
let items = [];
let current = "";
const list = new Rows(document.getElementById("pairs"), render, 96);

function el(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

function button(text, act) {
  const made = el("button", {type: "button", className: "quiet", textContent: text});
  made.addEventListener("click", act);
  return made;
}

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
      el("div", {className: "who"}, el("b", {textContent: pair.speaker}), el("span", {textContent: pair.at}), button("▶ 原音 Sound", () => play(pair, "excerpt"))), said));
  }
  const text = pair.public ? el("p", {textContent: pair.public}) : el("p", {className: "none", textContent: "（這段不公開 nothing of this is published）"});
  box.append(el("div", {className: "public"},
    el("div", {className: "who"}, el("b", {textContent: pair.label}), el("span", {textContent: pair.at}), button("▶ 公開的聲音 As published", () => play(pair, "masked"))), text));
  row.append(box);
  return row;
}

function play(pair, kind) {
  const to = Math.min(pair.end_ms, pair.start_ms + 120000);
  audio.src = `${here}/${kind}.wav?from=${pair.start_ms}&to=${to}`;
  audio.play().catch(() => {});
}

audio.addEventListener("error", async () => {
  const refused = await get(audio.currentSrc);
  if (!refused.ok) say(`${refused.said.error} ${refused.said.cure}`, {problem: true});
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
key("c", "到這段話去更正", "Correct the statement", () => chosen() >= 0 && location.assign(`${here}#${current}`));
onlyMarked.addEventListener("change", arrange);
withPrivate?.addEventListener("change", load);

export async function load() {
  const both = withPrivate ? withPrivate.checked : place.dataset.both === "1";
  const answered = await get(`${here}/beside.json${both ? "?both=1" : ""}`);
  if (!answered.ok) return say(`${answered.said.error} ${answered.said.cure}`, {problem: true});
  pairs = answered.said.pairs;
  arrange();
  if (location.hash) choose(items.findIndex((item) => item.key === location.hash.slice(1)));
  return undefined;
}

if (document.getElementById("hide")) {
  const hideSelected = markable(meeting, load);
  key("x", "隱去選取的字", "Hide the selection", hideSelected);
}
await load();
