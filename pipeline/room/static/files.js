/** Files that are dropped or chosen: each is sent at once, with a card of its own that says how far it is. */

import {beside, post, refusal} from "./api.js";
import {addRow} from "./form.js";
import {Sending} from "./tus.js";

const zone = document.getElementById("zone");
const list = document.getElementById("files");
const choose = document.getElementById("choose");

/** What Slido and meeting platforms write; the room goes by the same endings. */
const WRITTEN = /\.(csv|tsv|xlsx|ods|txt|vtt|sbv)$/i;

export const files = [];

function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

export function clock(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A row of the form for what was written; where only a person can tell what it is, it asks. */
function described(one, written) {
  const kinds = Object.keys(written);
  one.about = addRow("brought", {file: one.sending.id, kind: kinds.length === 1 ? kinds[0] : ""});
  one.about.querySelector(".remove").hidden = true;
  one.about.querySelector(".what").textContent = `（${one.file.name}）`;
  if (kinds.length === 1) one.about.querySelector('[name="brought-kind"] option[value=""]').remove();
  const many = Math.max(...Object.values(written));
  if (kinds.length === 1) return `已收到，共 ${many} 則。 Here, with all its entries.`;
  return `已收到，共 ${many} 則。請在下面選它是什麼。 Choose below what it is.`;
}

/**
 * Take what is dropped or chosen.
 *
 * @param recordings whether recordings are taken: then `looked(one, said)` says what became of one, and `changed()` is
 *   called whenever files come or go
 */
export function taking({recordings = false, looked = () => "", changed = () => {}} = {}) {
  function take(file) {
    const row = document.getElementById("file-row").content.firstElementChild.cloneNode(true);
    const part = (name) => row.querySelector(name);
    const one = {file, whole: false, about: null, radio: part("input[type=radio]"), row, written: WRITTEN.test(file.name)};
    const bar = part("progress"), state = part(".state");
    part(".name").textContent = `${file.name} · ${size(file.size)}`;
    bar.setAttribute("aria-label", `${file.name} 傳送進度 progress`);
    const words = {
      sending: "傳送中 sending", paused: "暫停 paused", waiting: "連線斷了，會自動再試 the connection was lost; trying again",
      whole: "正在檢查 being looked at",
    };
    let began = 0, from = 0;
    function refused(said) {
      state.replaceChildren(...refusal(said));
      row.classList.add("problem");
    }
    one.sending = new Sending(file, {
      progress(bytes) {
        const now = performance.now();
        if (!began || bytes < from) [began, from] = [now, bytes];
        bar.value = 100 * bytes / file.size;
        const rate = (bytes - from) / (now - began) * 1000;
        const left = now - began > 5000 && rate > 0 ? `, 約剩 ${clock((file.size - bytes) / rate * 1000)} left` : "";
        part(".name").textContent = `${file.name} · ${size(bytes)} / ${size(file.size)}${left}`;
      },
      async state(word, sentence) {
        if (word === "failed") state.replaceChildren(...refusal(sentence));
        else if (state.dataset.word !== word) state.textContent = words[word];
        state.dataset.word = word;
        row.classList.toggle("problem", word === "failed");
        part(".pause").hidden = word !== "sending" && word !== "waiting";
        part(".resume").hidden = word !== "paused" && word !== "failed";
        if (word !== "sending") began = 0;
        if (word === "whole") await found();
      },
    });
    async function found() {
      const {ok, said} = await post(`/uploads/${one.sending.id}/look`);
      if (!ok) return refused(said);
      if (one.written) state.replaceChildren(...beside(described(one, said.written)));
      else if (!looked(one, said, state)) return row.classList.add("problem");
      one.whole = true;
      changed();
    }
    part(".pause").addEventListener("click", () => { one.sending.pause(); part(".resume").focus(); });
    part(".resume").addEventListener("click", () => { one.sending.start(); part(".pause").focus(); });
    part(".drop-out").addEventListener("click", () => {
      one.sending.remove();
      one.about?.remove();
      row.remove();
      files.splice(files.indexOf(one), 1);
      changed();
      choose.focus();
    });
    one.radio?.addEventListener("change", changed);
    if (one.written) part(".main-one")?.remove();
    files.push(one);
    list.append(row);
    if (!one.written && !recordings) {
      refused({
        error_zh: "這裡只收 Slido 匯出檔、聊天室紀錄與逐字稿。", cure_zh: "請選 .csv、.xlsx、.ods、.txt、.md、.vtt、.srt、.docx 或 .odt 檔。",
        error: "Only Slido's export, saved chats and transcripts are taken here.", cure: "Choose a .csv, .xlsx, .ods, .txt, .md, .vtt, .srt, .docx or .odt file.",
      });
      part(".pause").hidden = true;
      return;
    }
    changed();
    one.sending.start();
    document.querySelector(".left-over")?.remove();
  }

  function chosen() {
    [...choose.files].forEach(take);
    choose.value = "";
  }
  choose.addEventListener("change", chosen);
  chosen();  // what was chosen before this script was there
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) addEventListener(name, () => zone.classList.remove("over"));
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    [...event.dataTransfer.files].forEach(take);
  });
  addEventListener("beforeunload", (event) => {
    if (files.some((one) => !one.whole && one.sending.request)) event.preventDefault();
  });
}

/** Why the form cannot be handed over yet; empty if it can. */
export function unfinished() {
  if (files.every((one) => one.whole)) return "";
  return "還有檔案沒有收到，或不能用：等它傳完，或移除它。 A file has not arrived, or cannot be used: wait, or remove it.";
}
