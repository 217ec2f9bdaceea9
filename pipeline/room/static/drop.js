/** Dropping recordings: each file is sent at once, while the form is being filled in. */

import "./keys.js";
import {key} from "./keys.js";
import {post, refusal} from "./api.js";
import {addRow, handOver} from "./form.js";
import {Sending} from "./tus.js";

const zone = document.getElementById("zone");
const list = document.getElementById("files");
const choose = document.getElementById("choose");
const files = [];

function size(bytes) {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

function clock(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The file that is the recording comes first; every other one is a microphone. */
function arranged() {
  for (const one of files) {
    const further = !one.radio.checked;
    if (further && one.whole && !one.microphone) {
      one.microphone = addRow("microphone", {file: one.sending.id});
      one.microphone.querySelector(".remove").hidden = true;
      one.microphone.querySelector('[data-field^="microphone-channel"]').hidden = true;
      one.microphone.querySelector(".what").textContent = `（${one.file.name}）`;
    }
    if (!further && one.microphone) {
      one.microphone.remove();
      one.microphone = null;
    }
  }
}

function take(file) {
  const row = document.getElementById("file-row").content.firstElementChild.cloneNode(true);
  const part = (name) => row.querySelector(name);
  const one = {file, whole: false, microphone: null, radio: part("input[type=radio]"), row};
  const bar = part("progress"), state = part(".state");
  part(".name").textContent = `${file.name} · ${size(file.size)}`;
  bar.setAttribute("aria-label", `${file.name} 傳送進度 progress`);
  const words = {
    sending: "傳送中 sending", paused: "暫停 paused", waiting: "連線斷了，會自動再試 the connection was lost; trying again",
    whole: "正在檢查 being looked at",
  };
  let began = 0, from = 0;
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
      if (word === "whole") await looked();
    },
  });
  async function looked() {
    const {ok, said} = await post(`/uploads/${one.sending.id}/look`);
    if (!ok) {
      state.replaceChildren(...refusal(said));
      row.classList.add("problem");
      return;
    }
    state.textContent = `已收到 here${said.announced_ms ? `, ${clock(said.announced_ms)}` : ""}`;
    if (said.meeting) {
      state.textContent = "這段錄音已經在了： This recording is here already: ";
      const link = document.createElement("a");
      link.href = said.job ? `/work/${said.job}` : `/meetings/${said.meeting}`;
      link.textContent = said.title || said.meeting;
      state.append(link);
      row.classList.add("problem");
      return;
    }
    one.whole = true;
    one.radio.value = one.sending.id;
    arranged();
  }
  part(".pause").addEventListener("click", () => { one.sending.pause(); part(".resume").focus(); });
  part(".resume").addEventListener("click", () => { one.sending.start(); part(".pause").focus(); });
  part(".drop-out").addEventListener("click", () => {
    one.sending.remove();
    one.microphone?.remove();
    row.remove();
    files.splice(files.indexOf(one), 1);
    if (one.radio.checked && files.length) files[0].radio.checked = true;
    arranged();
    choose.focus();
  });
  one.radio.addEventListener("change", arranged);
  files.push(one);
  list.append(row);
  if (files.length === 1) one.radio.checked = true;
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
key("o", "選擇檔案", "Choose files", () => choose.click());

handOver(() => {
  if (!files.length) return "先放入錄音。 Drop a recording first.";
  if (files.some((one) => !one.whole)) return "還有檔案沒有收到，或不能用：等它傳完，或移除它。 A file has not arrived, or cannot be used: wait, or remove it.";
  return "";
});
