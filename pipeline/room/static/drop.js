/** Dropping recordings, with what belongs to them, while the form is being filled in. */

import "./keys.js";
import {key} from "./keys.js";
import {clock, files, taking, unfinished} from "./files.js";
import {addRow, handOver} from "./form.js";

/** The file that is the recording comes first; every other one that is heard is a microphone. */
function arranged() {
  const heard = files.filter((one) => !one.written);
  if (heard.length && !heard.some((one) => one.radio.checked)) heard[0].radio.checked = true;
  for (const one of heard) {
    const further = !one.radio.checked;
    if (further && one.whole && !one.about) {
      one.about = addRow("microphone", {file: one.sending.id});
      one.about.querySelector(".remove").hidden = true;
      one.about.querySelector('[data-field^="microphone-channel"]').hidden = true;
      one.about.querySelector(".what").textContent = `（${one.file.name}）`;
    }
    if (!further && one.about) {
      one.about.remove();
      one.about = null;
    }
  }
}

/** Say what a recording is; whether it can be handed over. */
function looked(one, said, state) {
  state.textContent = `已收到 here${said.announced_ms ? `, ${clock(said.announced_ms)}` : ""}`;
  one.radio.value = one.sending.id;
  if (!said.meeting) return true;
  state.textContent = "這段錄音已經在了： This recording is here already: ";
  const link = document.createElement("a");
  link.href = said.job ? `/work/${said.job}` : `/meetings/${said.meeting}`;
  link.textContent = said.title || said.meeting;
  state.append(link);
  return false;
}

taking({recordings: true, looked, changed: arranged});
key("o", "選擇檔案", "Choose files", () => document.getElementById("choose").click());

handOver(() => {
  if (!files.some((one) => !one.written)) return "先放入錄音。 Drop a recording first.";
  return unfinished();
});
