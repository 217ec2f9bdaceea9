/** What opens beside the text: voices with what speaks for each name, who changed what, and suggested corrections. */

import {get, problem, refusal} from "/static/api.js";
import {ACTS} from "/static/read-edit.js";
import {both, button, called, clock, make, when} from "/static/read-text.js";

function opened(titleZh, titleEn, id) {
  const dialog = make("dialog", {className: "panel", "aria-labelledby": id});
  dialog.append(make("div", {className: "panel-head"}, make("h2", {id}, both(titleZh, titleEn)),
    button("關閉", "Close", () => dialog.close())));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function option(value, text, selected = false) {
  return make("option", {value, textContent: text, selected});
}

/** All that speaks for somebody, and against it. */
function told({person, name, reasons}) {
  return make("li", {}, `${person} ${name}：`, ...reasons.flatMap(({why, against, at}, index) => [
    index ? "；" : "", make("span", {className: against ? "against" : ""}, against ? "✗ " : "✓ ", both(...why), ` ${at.slice(0, 6).join("、")}`)]));
}

/** Who the voices are. */
export async function voices(store, editing, player) {
  const dialog = opened("聲音與人", "Voices and people", "voices-title");
  const body = make("div");
  dialog.append(body);
  const show = async () => {
    const {ok, said} = await get(`${store.base}/voices`);
    if (!ok) { body.replaceChildren(make("p", {className: "problem"}, ...refusal(said))); return; }
    const act = async (acts, done) => {
      const {ok: did, said: told} = await editing.act(acts, done);
      await show();
      const notice = body.querySelector(".notice");
      if (did) notice.textContent = done;
      else if (told.conflict) notice.textContent = "別人剛剛也指認了這個聲音；請看現在的。 Somebody else named this voice just now: look at it as it is.";
      else notice.append(...refusal(told));
    };
    const open = said.questions.length ? make("details", {open: true}, make("summary", {}, both(`還要問的 ${said.questions.length}`, "open questions")),
      make("ul", {}, ...said.questions.map(({zh, en}) => make("li", {}, zh ? both(zh, en) : make("span", {lang: "en", textContent: en}))))) : "";
    const times = new Map(said.times.map((one) => [one.speaker, one]));
    const cards = Object.keys(store.voices).map((id) => {
      const voice = store.voices[id], time = times.get(id);
      const who = make("select", {id: `name-${id}`}, option("", "不在名單上 nobody of the list", voice.state === "nobody"),
        ...said.people.map((p) => option(p.id, `${p.name}${p.role ? `（${p.role}）` : ""}${p.wish && ` · ${p.wish}`}`, p.id === voice.person)));
      if (["open", "conflict"].includes(voice.state)) who.prepend(option("-", "（請選 choose）", true));
      const into = make("select", {id: `into-${id}`}, option("", "（請選 choose）", true),
        ...Object.keys(store.voices).filter((other) => other !== id).map((other) => option(other, `${other} ${called(store.voices, other)}`)));
      const card = make("section", {className: "card"}, make("h3", {textContent: `${id} · ${called(store.voices, id)}`}));
      if (time) {
        card.append(make("p", {className: "hint"}, both(`說了 ${clock(time.total)}，${time.turns} 次`, `speaks ${clock(time.total)}, ${time.turns} turns`)),
          button("聽第一次", "Hear the first time", () => player.playFrom(time.first)));
      }
      const typed = said.typed[id];
      if (typed) card.append(make("p", {className: "hint"}, both(`寫下的人自稱「${typed}」，不會公開`, `whoever wrote this typed “${typed}”, which is never published`)));
      const evidence = said.evidence[id] ?? [];
      if (evidence.length) card.append(make("ul", {className: "reasons"}, ...evidence.map(told)));
      if (voice.state !== "unknown") {
        card.append(make("label", {for: who.id}, both("這個聲音是", "This voice is")), who, " ",
          button("指認", "Name it", () => {
            if (who.value !== "-") act([{act: "name", voice: id, participant: who.value, was: voice.state === "confirmed" ? voice.person : ""}], "已指認 named");
          }, ""));
      }
      card.append(make("label", {for: into.id}, both("和哪個聲音是同一人（全部改）", "Same person as (everywhere)")), into, " ",
        button("合成一個", "Make them one", () => { if (into.value) act([{act: "merge", voice: id, into: into.value}], "已合併 merged"); }));
      return card;
    });
    const people = make("section", {className: "card"}, make("h3", {}, both("人", "People")), make("ul", {className: "people"}, ...said.people.map((p) => {
      const state = p.absent ? both("沒有發言", "does not speak") : both("還沒有聲音", "no voice yet");
      const item = make("li", {}, `${p.id} ${p.name} · `, p.voices.join(", ") || state, " ");
      if (!p.voices.length && !p.absent) item.append(button("沒有發言", "Does not speak", () => act([{act: "absent", participant: p.id}], "已記下 recorded")));
      return item;
    })));
    body.replaceChildren(make("p", {className: "notice", role: "status"}), open, ...cards, people);
  };
  await show();
}

/** Who changed what and when: of one statement, or of all. */
export async function past(store, id = "") {
  const dialog = opened(id ? `${id} 的歷史` : "誰改了什麼", id ? `History of ${id}` : "Who changed what", "history-title");
  const {ok, said} = await get(`${store.base}/history${id ? `?statement=${encodeURIComponent(id)}` : ""}`);
  if (!ok) { dialog.append(make("p", {className: "problem"}, ...refusal(said))); return; }
  const list = make("ol", {className: "history"});
  for (const change of said.changes) {
    const [zh, en] = ACTS[change.kind] ?? [change.kind, change.kind];
    const human = change.by_hand ? both("人", "person") : both(`指令 ${change.how}`, "by a command");
    const item = make("li", {className: change.counts ? "" : "undone"},
      make("p", {}, make("strong", {textContent: change.who}), " · ", human, " · ", make("time", {dateTime: change.at, textContent: when(change.at)}), " · ", both(zh, en), change.statements.length ? ` · ${change.statements.join(", ")}` : ""));
    if (change.kind === "accepted" || change.kind === "rejected") item.append(make("p", {}, both("機器建議", "suggested by the machine"), `：${change.act.heard} → ${change.act.proposed} (${change.act.why})`));
    if (change.kind === "named") item.append(make("p", {textContent: `${change.act.speaker} = ${change.act.participant_id || "—"}`}));
    if (change.kind === "merged" ) item.append(make("p", {textContent: `${change.act.speaker} → ${change.act.into}`}));
    if (change.kind === "reassigned") item.append(make("p", {textContent: `→ ${change.act.speaker}`}));
    if (change.before.join("\n") !== change.after.join("\n")) {
      item.append(make("p", {className: "before"}, both("原來", "before"), "：", make("del", {textContent: change.before.join(" ／ ")})),
        make("p", {className: "after"}, both("後來", "after"), "：", make("ins", {textContent: change.after.join(" ／ ")})));
    }
    if (!change.counts) item.append(make("p", {}, both("（已復原）", "(undone)")));
    list.append(item);
  }
  if (said.heard) list.append(make("li", {className: "machine"}, make("p", {}, both("機器聽到的", "As the machine heard it"), "：", said.heard)));
  dialog.append(said.changes.length || said.heard ? list : make("p", {}, both("還沒有人改過。", "Nobody changed anything yet.")));
}

/** Suggested corrections, by statement. */
export class Suggestions extends Map {
  constructor(store) {
    super();
    this.store = store;
    this.all = [];
    this.version = "";
    this.drafted = null;  // which search for marks they are of
  }

  async load() {
    if (this.drafted === this.store.drafted) return;  // they are of the same marks
    const drafted = this.store.drafted;
    const {ok, said} = await get(`${this.store.base}/suggestions?have=${encodeURIComponent(this.version)}`);
    if (!ok) return;
    this.drafted = drafted;
    if (said.same) return;
    this.version = said.version;
    const before = new Set(this.keys());
    this.clear();
    this.all = said.suggestions;
    for (const one of said.suggestions) this.set(one.statement, [...(this.get(one.statement) ?? []), one]);
    return [...new Set([...before, ...this.keys()])];
  }

  /**
   * Accept or reject one, or all that read alike.
   * @returns what was said of it; empty if it was not done
   */
  async answer(one, act, all, editing) {
    const done = {accept: ["已接受 accepted", "都接受了 all accepted"], reject: ["已拒絕 rejected", "都不要了 all rejected"]}[act][Number(all)];
    const {ok, said} = await editing.act([{act, suggestion: one.id, alike: all}], done);
    if (!ok && said.conflict) problem(said);
    if (!ok) return "";
    this.version = "";  // the server has others now, or the same again once this is undone
    this.all = this.all.filter((other) => (all ? other.group !== one.group : other.id !== one.id));
    for (const id of [...this.keys()]) {
      const left = this.get(id).filter((other) => this.all.includes(other));
      if (left.length) this.set(id, left); else this.delete(id);
    }
    return done;
  }

  /** Buttons that answer the suggestions of a statement; keys answer the first of them. */
  answers(id, editing) {
    return (this.get(id) ?? []).map((one, index) => {
      const alike = this.all.filter((other) => other.group === one.group).length;
      const answer = (zh, en, act, all, letter) => [button(zh, en, () => this.answer(one, act, all, editing)), index ? "" : make("kbd", {textContent: letter})];
      const row = make("div", {className: "suggestion", role: "group", "aria-label": "建議 suggestion"},
        make("span", {}, make("del", {textContent: one.heard}), " → ", make("ins", {textContent: one.proposed})), " ",
        make("span", {className: "hint"}, both(`${one.why[0]}，相像 ${Math.round(100 * one.score)}%`, `${one.why[1]}, ${Math.round(100 * one.score)}% alike`)),
        ...answer("接受", "Accept", "accept", false, "y"), ...answer("不要", "Reject", "reject", false, "x"));
      if (alike > 1) {
        row.append(...answer(`${alike} 處都接受`, `Accept all ${alike}`, "accept", true, "Y"), ...answer(`${alike} 處都不要`, `Reject all ${alike}`, "reject", true, "X"));
      }
      return row;
    });
  }
}
