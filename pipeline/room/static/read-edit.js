/** Changing what was said, where it stands: text, cut, join, voice; and both texts side by side where two changed one. */

import {problem, say} from "/static/api.js";
import {both, button, called, clock, make, points, when} from "/static/read-text.js";

/** What an act is called. */
export const ACTS = {
  corrected: ["改字", "text"], split: ["分開", "split"], joined: ["併上", "join"], reassigned: ["換人", "voice of one statement"],
  named: ["指認", "naming"], merged: ["兩聲同一人", "voices merged"], absent: ["沒有發言", "does not speak"],
  accepted: ["接受建議", "suggestion accepted"], rejected: ["不要建議", "suggestion rejected"],
};

export class Editing {
  /**
   * @param store a Store
   * @param list a List
   */
  constructor(store, list) {
    Object.assign(this, {store, list});
    this.open = new Map();  // statement id to what is being typed; nothing of it is kept in the browser's storage
    addEventListener("beforeunload", (event) => { if ([...this.open.values()].some((one) => one.dirty())) event.preventDefault(); });
  }

  /** Ask for changes, and say what came of it; whether they were made. */
  async act(acts, done) {
    const {ok, said} = await this.store.act(acts);
    if (ok) say(done);
    else if (!said.conflict) problem(said);
    return {ok, said};
  }

  async row(id) {
    const place = this.store.place.get(id);
    if (!this.store.rows.has(id)) await this.store.want(place, place);
    return this.store.rows.get(id);
  }

  /** Open a statement's text for typing. */
  async begin(id) {
    if (this.open.has(id)) { this.open.get(id).area.focus(); return; }
    const row = await this.row(id), article = this.list.bring(id);
    if (!row || !article) return;
    const area = make("textarea", {value: row.text, rows: 3, spellcheck: false, "aria-label": `${called(this.store.voices, row.voice)} ${clock(row.start)} 文字 text`});
    const one = {row, area, dirty: () => area.value !== one.row.text};
    const form = make("form", {className: "editing"}, area,
      make("div", {className: "buttons"},
        make("button", {}, both("儲存", "Save")),
        button("在游標處分開", "Split at the caret", () => this.#split(id)),
        button("取消", "Cancel", () => this.#end(id)),
        make("span", {className: "hint"}, both("Ctrl+Enter 儲存，Esc 取消", "Ctrl+Enter saves, Esc cancels"))));
    one.form = form;
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#save(id); });
    area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.stopPropagation(); this.#save(id); }
      if (event.key === "Escape") { event.preventDefault(); this.#leave(id); }
    });
    this.open.set(id, one);
    this.list.pinned.add(id);
    this.dress(article, id);
    area.focus();
    area.setSelectionRange(0, 0);
    form.scrollIntoView({block: "nearest"});
  }

  /** Put what is being typed into a statement that was made anew. */
  dress(article, id) {
    const one = this.open.get(id);
    if (!one) return;
    const focused = document.activeElement === one.area, [from, to] = [one.area.selectionStart, one.area.selectionEnd];
    article.classList.add("open");
    article.querySelector(".text").hidden = true;
    article.append(one.form);
    if (focused) { one.area.focus({preventScroll: true}); one.area.setSelectionRange(from, to); }
  }

  #end(id) {
    this.open.delete(id);
    this.list.pinned.delete(id);
    this.list.articles.get(id)?.classList.remove("open");
    this.list.refresh([id]);
    this.list.articles.get(id)?.focus({preventScroll: true});
  }

  #leave(id) {
    const one = this.open.get(id);
    if (!one.dirty() || confirm("放棄剛才打的字？ Discard what you typed?")) this.#end(id);
  }

  async #save(id) {
    const one = this.open.get(id);
    if (one.saving) return;
    if (!one.dirty()) { this.#end(id); return; }
    one.saving = true;
    const {ok, said} = await this.act([{act: "correct", statement: id, digest: one.row.digest, text: one.area.value}], "已儲存 saved");
    one.saving = false;
    if (ok) this.#end(id);
    else if (said.conflict) this.#conflict(id, said);
  }

  async #split(id) {
    const one = this.open.get(id), text = one.area.value, at = one.area.selectionStart;
    if (!text.slice(0, at).trim() || !text.slice(at).trim()) { say("請把游標放在兩句話之間。 Put the caret between the words of both.", {problem: true}); return; }
    const acts = [];
    if (one.dirty()) acts.push({act: "correct", statement: id, digest: one.row.digest, text});
    // What is saved has single spaces, and none in front.
    const before = one.dirty() ? text.slice(0, at).trimStart().replace(/\s+/g, " ") : text.slice(0, at);
    acts.push({act: "split", statement: id, digest: one.row.digest, char: points(before, before.length)});
    const {ok, said} = await this.act(acts, "已分開 split");
    if (ok) this.#end(id);
    else if (said.conflict) this.#conflict(id, said);
  }

  /** Somebody else changed it: what stands there now and what was typed, side by side. */
  #conflict(id, said) {
    const one = this.open.get(id), {now, by} = said.conflict;
    one.form.querySelector(".conflict")?.remove();
    const whose = by ? `${by.who}，${when(by.at)}` : "";
    const choice = make("div", {className: "conflict", role: "alert"},
      make("p", {}, both(`別人改過這一段（${whose}）。兩者都在這裡，請選擇；什麼都還沒有記下。`, "Somebody else changed this. Both are here: choose; nothing is recorded yet.")));
    const pair = make("div", {className: "pair"},
      make("section", {}, make("h3", {}, both("現在的", "As it is now")), make("p", {className: "theirs", textContent: now ? now.text : "（這一段不在了 gone）"})),
      make("section", {}, make("h3", {}, both("您打的", "What you typed")), make("p", {className: "mine", textContent: one.area.value})));
    choice.append(pair);
    if (now) {
      const take = async (text) => { one.row = now; one.area.value = text; choice.remove(); };
      choice.append(make("div", {className: "buttons"},
        button("用我的", "Use mine", async () => { await take(one.area.value); this.#save(id); }, ""),
        button("用現在的", "Keep theirs", () => { one.row = now; one.area.value = now.text; this.#end(id); }),
        button("我來合併", "Let me merge them", async () => { await take(one.area.value); one.area.focus(); })));
    } else choice.append(button("關閉", "Close", () => this.#end(id)));
    one.form.append(choice);
    choice.querySelector("button").focus();
  }

  /** Join a statement to the one before it. */
  async join(id) {
    const index = this.store.place.get(id);
    if (!index) return;
    const before = this.store.order[index - 1];
    const [first, second] = [await this.row(before), await this.row(id)];
    const acts = [];
    if (first.voice !== second.voice) {
      if (!confirm("上一段是另一個聲音說的。把這一段改成那個聲音，再併上去？ The statement before is another voice's. Give this one to that voice, then join?")) return;
      const {ok} = await this.act([{act: "reassign", statement: id, digest: second.digest, voice: first.voice}], "已換人 reassigned");
      if (!ok) return;
    }
    const now = await this.row(id);
    acts.push({act: "join", statement: id, digest: now.digest, before, before_digest: (await this.row(before)).digest});
    const {ok, said} = await this.act(acts, "已併上 joined");
    if (ok) this.list.bring(before)?.focus({preventScroll: true});
    else if (said.conflict) problem(said);
  }

  /** Say whose one statement is. */
  async reassign(id) {
    const row = await this.row(id), dialog = make("dialog", {"aria-labelledby": "whose"});
    const choice = make("select", {id: "whose-voice"},
      ...Object.keys(this.store.voices).map((voice) => make("option", {value: voice, textContent: `${voice} ${called(this.store.voices, voice)}`, selected: voice === row.voice})),
      make("option", {value: "new", textContent: "新的聲音 a new voice"}));
    const form = make("form", {method: "dialog"},
      make("h2", {id: "whose"}, both("這一段是誰說的？", "Whose is this statement?")),
      make("label", {for: "whose-voice"}, both("聲音", "Voice")), choice,
      make("p", {className: "hint"}, both("只改這一段。整個聲音是誰，請在「聲音與人」指認。", "Only this statement. Who a whole voice is, is said under “Voices”.")),
      make("div", {className: "buttons"}, make("button", {value: "yes"}, both("就是他", "That is who")), make("button", {value: "", className: "quiet"}, both("取消", "Cancel"))));
    dialog.append(form);
    document.body.append(dialog);
    dialog.addEventListener("close", async () => {
      dialog.remove();
      if (dialog.returnValue === "yes" && choice.value !== row.voice) {
        const {said} = await this.act([{act: "reassign", statement: id, digest: row.digest, voice: choice.value}], "已換人 reassigned");
        if (said.conflict) problem(said);
      }
      this.list.articles.get(id)?.focus({preventScroll: true});
    });
    dialog.showModal();
  }

  async step(kind) {
    const step = this.store[kind];
    if (!step) { say(kind === "undo" ? "沒有可復原的 nothing to undo" : "沒有可重做的 nothing to redo"); return; }
    const [zh, en] = ACTS[step.kind] ?? [step.kind, step.kind];
    const word = kind === "undo" ? ["已復原", "undone"] : ["已重做", "redone"];
    const {ok, said} = await this.act([{act: kind}], `${word[0]}：${zh} ${step.statement} ${word[1]}: ${en}`);
    if (!ok && said.conflict) say(`別人後來又改了這一段，復原會蓋掉它。 Somebody changed ${said.conflict.statement} since; undoing would overwrite that.`, {problem: true});
    else if (ok && step.statement) this.list.bring(step.statement);
  }
}
