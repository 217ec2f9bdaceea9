/** The page of one meeting: brings the list, the sound, the picture, searching and editing together. */

import {get, problem, say} from "/static/api.js";
import {key} from "/static/keys.js";
import {Editing, ACTS} from "/static/read-edit.js";
import {List} from "/static/read-list.js";
import {Suggestions, past, voices} from "/static/read-panels.js";
import {Picture} from "/static/read-picture.js";
import {Player} from "/static/read-player.js";
import {Search, light} from "/static/read-search.js";
import {FLAG, Store} from "/static/read-store.js";
import {button, clock, offsetAt, offsetOf, wordAt, wordAtTime} from "/static/read-text.js";

const $ = (id) => document.getElementById(id);
const main = $("meeting");
const store = new Store(main.dataset.base);
const player = new Player($("audio"));
const bar = $("player");
const narrow = matchMedia("(max-width: 40rem)");

if (narrow.matches) $("picture").open = false;

let current = "";  // the statement that keys act on
let spoken = -1;
let following = true;
let suggestions;

const list = new List($("feed"), store, {dress, head: () => (narrow.matches ? 0 : bar.offsetHeight)});
list.foot = () => (narrow.matches ? bar.offsetHeight : 0);
const editing = new Editing(store, list);
const picture = new Picture($("picture"), store, player);
const search = new Search($("search"), store, list, (id) => choose(id, {focus: false}));
suggestions = new Suggestions(store);
list.suggestions = suggestions;
list.drawn = () => { search.paint(); lightWord(); };

/** What belongs to a statement beside its text, whenever it is made. */
function dress(article, index, row) {
  const {id} = article.dataset;
  article.classList.toggle("current", id === current);
  article.tabIndex = id === current ? 0 : -1;
  article.classList.toggle("spoken", index === spoken);
  article.querySelector(".tools")?.remove();
  if (id === current && row) article.querySelector(".text").after(tools(id, index));
  editing.dress(article, id);
}

function tools(id, index) {
  const box = document.createElement("div");
  box.className = "tools";
  box.append(
    button("播放", "Play", () => player.playFrom(store.start(index))),
    button("重複", "Loop", loop),
    button("改", "Edit", () => editing.begin(id)),
    button("換人", "Voice", () => editing.reassign(id)),
    ...(index ? [button("併到上一段", "Join", () => editing.join(id))] : []),
    button("歷史", "History", () => past(store, id)),
    ...suggestions.answers(id, editing),
  );
  return box;
}

/** Make a statement the one that keys act on. */
function choose(id, {focus = true} = {}) {
  const before = current;
  current = id;
  if (before !== id) {
    for (const one of [before, id]) {
      const article = list.articles.get(one);
      if (article) dress(article, store.place.get(one), store.rows.get(one) ?? null);
    }
    list.measure([before, id]);
  }
  if (focus) list.articles.get(id)?.focus({preventScroll: true});
}

function move(by) {
  const from = store.place.get(current) ?? list.onTop();
  const to = Math.min(store.order.length - 1, Math.max(0, current ? from + by : from));
  free();
  list.bring(store.order[to]);
  choose(store.order[to]);
}

/** To the next statement of which something holds, or with `by` -1 the one before. */
function jump(holds, by, none) {
  const from = store.place.get(current) ?? list.onTop() - 1;
  for (let i = from + by; i >= 0 && i < store.order.length; i += by) {
    if (holds(i)) {
      free();
      list.bring(store.order[i]);
      choose(store.order[i]);
      player.seek(store.start(i));
      return;
    }
  }
  say(none);
}

const unclear = (i) => store.has(i, FLAG.gap | FLAG.unsure);
const marked = (i) => store.has(i, FLAG.marked);
const suggested = (i) => suggestions.has(store.order[i]);

let answering = false;
/** Answer the first suggestion of the chosen statement, and go to the next one. */
async function answer(act, all) {
  const [one] = suggestions.get(current) ?? [];
  if (!one) { say("這一段沒有建議 no suggestion in this statement"); return; }
  if (answering) return;
  answering = true;
  const before = [...suggestions.keys()], done = await suggestions.answer(one, act, all, editing);
  answering = false;
  if (!done) return;
  counted();
  list.refresh(before);
  if (suggestions.has(one.statement) || current !== one.statement) return;
  jump(suggested, 1, `${done}；後面沒有建議 no suggestion behind`);
}

function counted() { $("suggested").textContent = suggestions.all.length; }

function follow(on) {
  following = on;
  $("follow").setAttribute("aria-pressed", on);
  if (on && spoken >= 0) list.go(spoken);
}

function free() { if (following && player.playing) follow(false); }

function lightWord() {
  const id = store.order[spoken], row = store.rows.get(id), place = list.articles.get(id)?.querySelector(".text:not([hidden])");
  const word = row && place ? wordAtTime(row, player.ms) : null;
  light("spoken", word && player.ms < word.to + 400 ? [[place, word.start, word.end]] : []);
}

let shownSecond = -1;
player.addEventListener("moment", ({detail: ms}) => {
  const second = Math.floor(ms / 1000);
  if (second !== shownSecond) {
    shownSecond = second;
    $("clock").textContent = `${clock(ms)} / ${clock(store.duration)}`;
  }
  const index = store.at(ms);
  if (index !== spoken) {
    list.articles.get(store.order[spoken])?.classList.remove("spoken");
    spoken = index;
    list.articles.get(store.order[spoken])?.classList.add("spoken");
    if (index >= 0 && following && player.playing && !list.shows(index)) list.go(index);
  }
  lightWord();
  $("play").setAttribute("aria-pressed", player.playing);
});
player.addEventListener("loop", ({detail}) => $("loop").setAttribute("aria-pressed", detail !== null));

for (const name of ["wheel", "touchmove"]) addEventListener(name, free, {passive: true});
addEventListener("scroll", () => { if (!list.ours) free(); }, {passive: true});

/** The span that is selected in the text, in milliseconds; null if none is. */
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const ends = [[range.startContainer, range.startOffset, 0], [range.endContainer, range.endOffset, -1]].map(([node, offset, by]) => {
    const article = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest(".said");
    const row = store.rows.get(article?.dataset.id), unit = offsetOf(node, offset);
    return row && unit !== null ? wordAt(row, Math.max(0, unit + by)) : null;
  });
  return ends[0] && ends[1] ? [ends[0].from, Math.max(ends[1].to, ends[0].to)] : null;
}

function loop() {
  if (player.looped) { player.loop(null); return; }
  const index = store.place.get(current) ?? spoken;
  const span = selected() ?? (index >= 0 ? [store.start(index), store.end(index)] : null);
  if (span) player.loop(span);
}

$("feed").addEventListener("click", (event) => {
  const article = event.target.closest(".said");
  if (!article || article.classList.contains("open")) return;
  const {id} = article.dataset;
  const at = event.target.closest(".at");
  if (at) { follow(true); player.playFrom(Number(at.dataset.ms)); choose(id, {focus: false}); return; }
  if (event.target.closest("button, a, summary")) return;
  const row = store.rows.get(id), unit = event.target.closest(".text") ? offsetAt(event.clientX, event.clientY) : null;
  const word = row && unit !== null && getSelection().isCollapsed ? wordAt(row, unit) : null;
  if (word) player.playFrom(word.from);
  if (getSelection().isCollapsed) choose(id);
});
let pressed = false;  // what a click is about must not move before it is one
$("feed").addEventListener("pointerdown", () => { pressed = true; });
addEventListener("pointerup", () => setTimeout(() => { pressed = false; }));
addEventListener("pointercancel", () => { pressed = false; });
$("feed").addEventListener("focusin", (event) => {
  const article = event.target.closest(".said");
  if (!pressed && article && event.target === article && article.dataset.id !== current) choose(article.dataset.id);
});

const SPEEDS = [...$("speed").options].map((option) => Number(option.value));
function speed(by) {
  const now = SPEEDS.indexOf(Number($("speed").value));
  $("speed").value = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, now + by))];
  player.audio.playbackRate = Number($("speed").value);
  say(`${$("speed").value}×`);
}
function skip(on) {
  player.skipping = on;
  $("skip").setAttribute("aria-pressed", on);
}

$("play").addEventListener("click", () => player.toggle());
$("back").addEventListener("click", () => player.seek(player.ms - 5000));
$("ahead").addEventListener("click", () => player.seek(player.ms + 5000));
$("speed").addEventListener("change", () => { player.audio.playbackRate = Number($("speed").value); });
$("skip").addEventListener("click", () => skip(!player.skipping));
$("loop").addEventListener("click", loop);
$("follow").addEventListener("click", () => follow(!following));
$("zoom").addEventListener("change", () => picture.zoom(Number($("zoom").value)));
$("undo").addEventListener("click", () => editing.step("undo"));
$("redo").addEventListener("click", () => editing.step("redo"));
$("voices").addEventListener("click", () => voices(store, editing, player));
$("history").addEventListener("click", () => past(store));
for (const [id, holds, none] of [["to-unclear", unclear, "後面沒有聽不清的 nothing unclear behind"], ["to-unknown", (i) => store.unknown(i), "後面沒有未指認的人 no unknown speaker behind"], ["to-mark", marked, "後面沒有標記 no mark behind"], ["to-suggestion", suggested, "後面沒有建議 no suggestion behind"]]) {
  $(id).addEventListener("click", () => jump(holds, 1, none));
}

key(" ", "播放、暫停", "Play or pause", () => player.toggle());
key("ArrowLeft", "退 5 秒", "Back 5 s", () => player.seek(player.ms - 5000));
key("ArrowRight", "進 5 秒", "Ahead 5 s", () => player.seek(player.ms + 5000));
key("j", "下一段", "Next statement", () => move(1));
key("k", "上一段", "Statement before", () => move(-1));
key("p", "從這一段播放", "Play from this statement", () => { const i = store.place.get(current); if (i !== undefined) { follow(true); player.playFrom(store.start(i)); } });
key("]", "快一點", "Faster", () => speed(1));
key("[", "慢一點", "Slower", () => speed(-1));
key("l", "重複這一段或選取的字", "Loop the selection or statement", loop);
key("s", "跳過無聲", "Skip silence", () => skip(!player.skipping));
key("f", "跟著聲音捲動", "Follow the sound", () => follow(!following));
key("u", "下一個聽不清", "Next unclear", () => jump(unclear, 1, "後面沒有聽不清的 nothing unclear behind"));
key("U", "上一個聽不清", "Unclear before", () => jump(unclear, -1, "前面沒有聽不清的 nothing unclear before"));
key("o", "下一個未指認的人", "Next unknown speaker", () => jump((i) => store.unknown(i), 1, "後面沒有未指認的人 no unknown speaker behind"));
key("O", "上一個未指認的人", "Unknown speaker before", () => jump((i) => store.unknown(i), -1, "前面沒有未指認的人 no unknown speaker before"));
key("m", "下一個標記", "Next mark", () => jump(marked, 1, "後面沒有標記 no mark behind"));
key("M", "上一個標記", "Mark before", () => jump(marked, -1, "前面沒有標記 no mark before"));
key("c", "下一個建議", "Next suggestion", () => jump(suggested, 1, "後面沒有建議 no suggestion behind"));
key("y", "接受這個建議", "Accept this suggestion", () => answer("accept", false));
key("x", "不要這個建議", "Reject this suggestion", () => answer("reject", false));
key("Y", "接受所有一樣的建議", "Accept all alike", () => answer("accept", true));
key("X", "不要所有一樣的建議", "Reject all alike", () => answer("reject", true));
key("/", "搜尋", "Search", () => { search.input.focus(); search.input.select(); });
key("Ctrl+f", "搜尋；再按一次是瀏覽器的", "Search; once more for the browser's", () => { search.input.focus(); search.input.select(); });
key("n", "下一個找到的", "Next hit", () => search.step(1));
key("N", "上一個找到的", "Hit before", () => search.step(-1));
key("e", "改這一段", "Edit this statement", () => { if (current) editing.begin(current); });
key("J", "併到上一段", "Join to the one before", () => { if (current) editing.join(current); });
key("r", "這一段換人", "Another voice for this statement", () => { if (current) editing.reassign(current); });
key("v", "聲音與人", "Voices and people", () => voices(store, editing, player));
key("h", "這一段的歷史", "History of this statement", () => past(store, current));
key("Ctrl+z", "復原", "Undo", () => editing.step("undo"));
key("Ctrl+Z", "重做", "Redo", () => editing.step("redo"));

function steps() {
  for (const kind of ["undo", "redo"]) {
    const step = store[kind];
    $(kind).disabled = !step;
    const [zh, en] = ACTS[step?.kind] ?? ["", ""];
    $(kind).title = step ? `${zh} ${step.statement} ${en}` : "";
  }
}

let reloading = 0;
store.addEventListener("steps", steps);
store.addEventListener("changed", () => {
  clearTimeout(reloading);
  reloading = setTimeout(async () => {
    const ids = await suggestions.load();
    counted();
    if (ids) list.refresh(ids);
    await search.again();
    picture.draw();
  }, 300);
});

const at = location.hash.slice(1);
const refused = await store.load();
if (refused) problem(refused);
else {
  const from = store.place.get(at) ?? Number(main.dataset.start);
  await store.want(from, from);
  main.classList.add("live");
  list.start();
  if (from) list.go(from);
  if (at && store.place.has(at)) choose(at);
  $("clock").textContent = `${clock(0)} / ${clock(store.duration)}`;
  steps();
  store.watch();
  main.dataset.ready = "yes";
  const [shape, wave] = await Promise.all([get(`${store.base}/picture`), fetch(`${store.base}/waveform`)]);
  if (shape.ok) { player.silences = shape.said.silences; picture.take(shape.said); }
  if (wave.ok) { picture.peaks = new Uint8Array(await wave.arrayBuffer()); picture.draw(); }
}
