/** The queue of marks: sure ones together, doubtful ones one by one, the rest by how they read. */
import {beside, get, post, problem as sayProblem, say} from "./api.js";
import {key} from "./keys.js";
import {ask, button, el} from "./marks-parts.js";
import {hide} from "./mark.js";
import {Rows} from "./rows.js";

const queue = document.getElementById("queue");
const meeting = queue.dataset.meeting;
const here = `/meetings/${meeting}`;
const audio = document.getElementById("audio");
const filters = document.getElementById("filters");

const STATES = {"": "未決 undecided", mask: "遮蔽 masked", edit: "換字 other words", keep: "保留 kept"};
const TIERS = {A: "A 確定 sure", B: "B 逐一 one by one", C: "C 依寫法 by form", manual: "手動 by hand"};

let rows = new Map();  // by mark id, in the order of risk
let about = {version: "", blind: false, second: false, reasons: [], kinds: [], people: []};
const taken = new Set();  // sure ones that somebody took out of the group
const clashed = new Set();  // decided by somebody else while they were looked at
let items = [];
let current = "";  // key of the item that keys act on
let busy = false;

/** What counts as this person's answer: of a blind second reader, their own judgement. */
const answer = (row) => (about.blind ? row.judged : row.verdict);
const open = (row) => !answer(row) || row.differs;

const list = new Rows(document.getElementById("rows"), render, 132);

function shows(row) {
  const {state, tier, kind, person} = Object.fromEntries(new FormData(filters));
  if (tier && row.tier !== tier) return false;
  if (kind && row.kind !== kind) return false;
  if (person && row.subject !== person) return false;
  const states = {open: open(row), mine: row.mine || Boolean(row.judged), kept: answer(row) === "keep",
    masked: ["mask", "edit"].includes(answer(row)), differs: row.differs};
  return state ? states[state] : true;
}

/** The rows as items: a heading before the sure ones, and before each form that several marks share. */
function arrange() {
  const shown = [...rows.values()].filter(shows);
  const sure = shown.filter((row) => row.tier === "A" && open(row) && !taken.has(row.id));
  const forms = new Map();
  for (const row of shown) if (row.tier === "C" && open(row)) forms.set(row.group, (forms.get(row.group) ?? 0) + 1);
  items = [];
  if (sure.length > 1) items.push({key: "sure", sure: sure.map((row) => row.id)});
  const begun = new Set();
  for (const row of shown) {
    if (row.tier === "C" && forms.get(row.group) > 1 && !begun.has(row.group)) {
      begun.add(row.group);
      items.push({key: `form-${row.group}`, group: row.group, words: row.words, alike: alike(row).map((one) => one.id)});
    }
    items.push({key: row.id, row});
  }
  list.set(items);
  progress();
}

function alike(row) {
  return [...rows.values()].filter((one) => one.group === row.group && open(one) && one.tier === row.tier);
}

function progress() {
  const all = [...rows.values()], left = all.filter(open).length;
  const bar = document.getElementById("progress");
  bar.max = Math.max(1, all.length);
  bar.value = all.length - left;
  const mine = all.filter((row) => (about.blind ? row.judged : row.mine)).length;
  const differing = all.filter((row) => row.differs).length;
  const parts = [`${all.length - left}/${all.length} 已決定 decided`, `${mine} 我的 mine`];
  if (!about.blind) parts.push(`${all.filter((row) => row.verdict === "keep").length} 保留 kept`);
  if (differing) parts.push(`${differing} 與我不同 differ from mine`);
  document.getElementById("counts").textContent = parts.join(" · ");
}

function render(item, index) {
  const place = el("div", {className: "row", tabIndex: item.key === current ? 0 : -1});
  place.dataset.key = item.key;
  place.classList.toggle("current", item.key === current);
  place.addEventListener("focus", () => choose(index, {focus: false}));
  place.addEventListener("click", () => choose(index, {focus: false}));
  place.append(item.row ? one(item.row, item.key === current) : group(item));
  if (item.row) place.classList.add(answer(item.row) || "open");
  return place;
}

function group(item) {
  const box = el("div");
  if (item.sure) {
    box.append(el("h2", {}, ...beside(`${item.sure.length} 處確定是提及 sure: exact names, and full names by sound`)));
    box.append(el("p", {className: "why"}, ...beside("下面這些一起遮蔽；取消勾選的會留下逐一決定。Masked together; what you untick is left to be decided singly.")));
    box.append(el("div", {className: "acts"}, button("全部遮蔽 Mask all", "m", () => decide(item.sure, "mask"), "")));
  } else {
    box.append(el("h2", {}, ...beside(`「${item.words}」${item.alike.length} 處讀起來相同 read alike`)));
    box.append(el("div", {className: "acts"},
      button("全部遮蔽 Mask all", "m", () => decide(item.alike, "mask"), ""),
      button("全部保留 Keep all", "k", () => keep(item.alike)),
      button("全部換字 Other words", "e", () => other(item.alike))));
  }
  return box;
}

function one(row, chosen) {
  const box = el("div");
  const head = el("div", {className: "head"});
  if (row.tier === "A" && open(row)) {
    const tick = el("input", {type: "checkbox", checked: !taken.has(row.id)});
    tick.addEventListener("click", (event) => event.stopPropagation());
    tick.addEventListener("change", () => {
      if (tick.checked) taken.delete(row.id); else taken.add(row.id);
      arrange();
    });
    head.append(el("label", {className: "take"}, tick, ...beside("一起遮蔽 with the others")));
  }
  const state = answer(row);
  const who = !about.blind && row.by ? ` · ${row.by}` : "";
  head.append(el("span", {className: "state", textContent: STATES[state] + who}),
    el("span", {textContent: `${row.at} ${row.speaker}`}), el("span", {}, ...beside(TIERS[row.tier])));
  if (row.reason) head.append(el("span", {textContent: `理由 reason: ${row.reason}`}));
  if (row.differs) head.append(el("strong", {textContent: `您判斷 you judged: ${STATES[row.judged]}`}));
  box.append(head);
  if (clashed.has(row.id)) {
    box.append(el("p", {className: "conflict", role: "alert"},
      ...beside(`您看的時候，${row.by || "別人"}已經決定：${STATES[row.verdict]}。您的決定沒有記下，請再決定一次。Decided by somebody else meanwhile; yours was not recorded.`)));
  }
  box.append(el("p", {className: "text"}, `…${row.before}`, el("mark", {textContent: row.words}), `${row.after}…`));
  box.append(el("p", {className: "why"}, row.why.zh, " ", el("span", {className: "en", lang: "en", textContent: row.why.en})));
  if (chosen) box.append(acts(row));
  return box;
}

function acts(row) {
  const line = el("div", {className: "acts"},
    button("▶ 原音 Sound", "p", () => play(row, "excerpt")));
  if (!about.blind) line.append(button("▶ 遮蔽後 Masked", "o", () => play(row, "masked")));
  line.append(button(`遮蔽 Mask → ${row.instead}`, "m", () => decide([row.id], "mask"), ""), button("保留 Keep", "k", () => keep([row.id])));
  if (!about.blind) line.append(button("換字 Other words", "e", () => other([row.id])));
  const same = alike(row).length;
  if (same > 1) line.append(button(`相同的 ${same} 處都遮蔽 all alike`, "M", () => decide(alike(row).map((r) => r.id), "mask")));
  if (row.differs) line.append(button("照第一位的 Leave it as it was decided", "g", () => settle(row)));
  const link = el("a", {className: "button quiet", href: `${here}#${row.statement}`}, "更正 Correct ");
  link.append(el("kbd", {textContent: "c"}));
  line.append(link);
  return line;
}

function play(row, kind) {
  audio.src = `${here}/${kind}.wav?from=${row.start_ms}&to=${row.end_ms}`;
  audio.play().catch(() => say("這段聲音放不出來。This sound cannot be played.", {problem: true}));
}

audio.addEventListener("error", async () => {
  const refused = await get(audio.currentSrc);
  if (!refused.ok) sayProblem(refused.said);
});

function chosen() {
  return items.findIndex((item) => item.key === current);
}

function choose(index, {focus = true} = {}) {
  if (index < 0 || index >= items.length) return;
  const changed = items[index].key !== current;
  current = items[index].key;
  if (changed) {
    for (const [at, element] of list.shown) {
      if (element.classList.contains("current") || at === index) replace(at, focus || element.contains(document.activeElement));
    }
  }
  if (focus) {
    const element = list.reveal(index);
    element?.focus({preventScroll: true});
  }
  list.draw();
}

/** Make one row anew where it stands. */
function replace(index, held) {
  const old = list.shown.get(index);
  const made = render(items[index], index);
  for (const name of ["role", "aria-setsize", "aria-posinset"]) made.setAttribute(name, old.getAttribute(name));
  Object.assign(made.style, {position: "absolute", left: "0", right: "0", top: old.style.top});
  old.replaceWith(made);
  list.shown.set(index, made);
  if (held && items[index].key === current) made.focus({preventScroll: true});
}

function move(step) {
  choose(Math.max(0, Math.min(items.length - 1, chosen() + step)));
}

/** Go to the next one that nobody decided, at or behind an index; to the first of all if there is none behind. */
function next(from) {
  const undecided = (item) => (item.row ? open(item.row) : true);
  let index = items.findIndex((item, at) => at >= from && undecided(item));
  if (index < 0) index = items.findIndex(undecided);
  if (index < 0) index = Math.min(from, items.length - 1);
  choose(index);
}

/** Take in what an answer changed; what somebody else changed before is brought by `follow`. */
function take(said) {
  const version = said.was === about.version ? said.version : about.version;
  for (const row of said.rows) rows.set(row.id, row);
  if (said.order) rows = new Map(said.order.filter((id) => rows.has(id)).map((id) => [id, rows.get(id)]));
  about = {...about, version, blind: said.blind, second: said.second, reasons: said.reasons};
}

async function send(path, object) {
  if (busy) return null;
  busy = true;
  const from = Math.max(0, chosen());
  const answered = await post(`${here}/${path}`, object);
  busy = false;
  if (answered.status === 409 && answered.said.overtaken) {
    for (const row of answered.said.overtaken) {
      rows.set(row.id, row);
      clashed.add(row.id);
    }
    for (const id of answered.said.gone) rows.delete(id);
    arrange();
    choose(items.findIndex((item) => item.key === answered.said.overtaken[0]?.id));
  }
  if (!answered.ok) {
    sayProblem(answered.said);
    return null;
  }
  const was = about.blind;
  take(answered.said);
  arrange();
  if (was && !about.blind) settled();
  next(from);
  return answered.said;
}

/** All is judged: what differs is shown now. */
async function settled() {
  await load();
  document.getElementById("second").textContent = "您都判斷過了。與第一位不同的地方標著「您判斷」：g 照第一位的決定；另作決定，第一位要再看一次。You judged every mark. Where you differ, g leaves it as it was decided; decide otherwise, and the first one has to look again.";
  const differing = [...rows.values()].filter((row) => row.differs).length;
  say(differing ? `都判斷完了；${differing} 處與第一位不同。All judged; ${differing} differ.` : "都判斷完了，沒有不同。All judged; you both agree.");
}

async function decide(ids, verdict, {reason = "", replacement = ""} = {}) {
  const chosenRows = ids.map((id) => rows.get(id)).filter(Boolean);
  const answers = chosenRows.map((row) => ({mark: row.id, verdict, reason, replacement, seen: row.seq}));
  ids.forEach((id) => clashed.delete(id));
  const said = await send("marks", {answers});
  if (!said) return;
  say(`${ids.length} 處：${STATES[verdict]}`);
  const row = chosenRows[0];
  if (verdict !== "keep" && !about.second && row.kind !== "voice" && [...row.words].length > 1) {
    hide(meeting, row, hidden, {subject: row.subject, replacement, others: true});
  }
}

function hidden(said) {
  take(said);
  arrange();
}

async function undo() {
  if (about.blind) return say("判斷可以直接改，不必復原。A judgement is changed by judging again.", {problem: true});
  const said = await send("marks/undone", {});
  if (said) {
    say("已復原。Undone.");
    const first = said.rows[0]?.id;
    if (first) choose(items.findIndex((item) => item.key === first));
  }
  return undefined;
}

async function settle(row) {
  await send("marks/settled", {marks: [row.id]});
}

function keep(ids) {
  if (about.blind) return decide(ids, "keep", {reason: "（判斷 judged）"});
  const dialog = ask("keep", rows.get(ids[0]).words, (reason) => decide(ids, "keep", {reason}));
  const used = dialog.querySelector(".reasons");
  used.replaceChildren(...about.reasons.map((reason) => button(reason, "", () => {
    dialog.querySelector("input").value = reason;
    dialog.close("yes");
  })));
  return undefined;
}

function other(ids) {
  const row = rows.get(ids[0]);
  ask("other", row.words, (replacement) => decide(ids, "edit", {replacement}));
}

/** What a key is about: the marks of the item, or all that read like it. */
function target(all = false) {
  const item = items[chosen()];
  if (!item) return [];
  if (item.sure) return item.sure;
  if (item.alike) return item.alike;
  return all ? [...new Set([item.row.id, ...alike(item.row).map((row) => row.id)])] : [item.row.id];
}

function acting(act, all = false) {
  return () => {
    const ids = target(all);
    if (ids.length) act(ids);
  };
}

function onRow(act) {
  return () => {
    const {row} = items[chosen()] ?? {};
    if (row) act(row);
  };
}

key("j", "下一處", "Next mark", () => move(1));
key("k", "保留（要理由）", "Keep; asks for the reason", acting(keep));
key("ArrowDown", "下一處", "Next mark", () => move(1));
key("ArrowUp", "上一處", "Mark before", () => move(-1));
key("h", "上一處", "Mark before", () => move(-1));
key("n", "下一處未決的", "Next undecided mark", () => next(chosen() + 1));
key("m", "遮蔽", "Mask", acting((ids) => decide(ids, "mask")));
key("e", "換成別的字", "Other words", acting(other));
key("M", "讀起來相同的都遮蔽", "Mask all that read alike", acting((ids) => decide(ids, "mask"), true));
key("K", "讀起來相同的都保留", "Keep all that read alike", acting(keep, true));
key("E", "讀起來相同的都換字", "Other words for all that read alike", acting(other, true));
key("x", "從「一起遮蔽」取出或放回", "Take out of the group that is masked together, or put back", onRow((row) => {
  if (taken.has(row.id)) taken.delete(row.id); else taken.add(row.id);
  arrange();
  choose(chosen());
}));
key("p", "聽原音", "Hear it", onRow((row) => play(row, "excerpt")));
key("o", "聽遮蔽後的聲音", "Hear it masked", onRow((row) => !about.blind && play(row, "masked")));
key("c", "到這段話去更正", "Correct the statement", onRow((row) => location.assign(`${here}#${row.statement}`)));
key("u", "復原我剛才的決定", "Undo what I decided last", undo);
key("g", "照第一位的決定", "Leave it as it was decided (second reader)", onRow((row) => row.differs && settle(row)));

for (const select of filters.querySelectorAll("select")) select.addEventListener("change", () => {
  arrange();
  next(0);
});

document.getElementById("undo").addEventListener("click", undo);

function options(select, found) {
  const value = select.value;
  select.length = 1;
  for (const {id, text} of found) select.add(new Option(text, id));
  select.value = value;
}

async function load() {
  const answered = await get(`${here}/marks.json`);
  if (!answered.ok) return sayProblem(answered.said);
  const {rows: found, ...rest} = answered.said;
  about = rest;
  rows = new Map(found.map((row) => [row.id, row]));
  options(document.getElementById("f-kind"), about.kinds.map(({id, zh, en}) => ({id, text: `${zh} ${en}`})));
  options(document.getElementById("f-person"), about.people.map(({id, name}) => ({id, text: name})));
  arrange();
  return undefined;
}

/** What others decided meanwhile. */
async function follow() {
  if (document.hidden || busy || document.querySelector("dialog[open]")) return;
  const answered = await get(`${here}/marks.json?have=${encodeURIComponent(about.version)}`);
  if (!answered.ok || answered.said.same || busy) return;
  const held = chosen(), before = new Map(rows);
  const {rows: found, ...rest} = answered.said;
  about = rest;
  rows = new Map(found.map((row) => [row.id, row]));
  const other = found.filter((row) => !row.mine && before.get(row.id)?.seq !== row.seq).length;
  arrange();
  if (chosen() < 0) choose(Math.min(held, items.length - 1), {focus: false});
  if (other) say(`別人決定了 ${other} 處。${other} decided by somebody else.`);
}

const wanted = new URLSearchParams(location.search);
for (const name of ["state", "tier"]) if (wanted.get(name)) document.getElementById(`f-${name}`).value = wanted.get(name);
await load();
next(0);
setInterval(follow, 8000);
