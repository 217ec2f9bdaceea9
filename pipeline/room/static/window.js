/** Copying a personal link or its message, where the browser allows that. */

import {say} from "./api.js";

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.from);
    try {
      await navigator.clipboard.writeText(from.value);
      say("已複製 Copied");
    } catch {
      from.select();
      say("請按 Ctrl+C 複製 Press Ctrl+C to copy", {problem: true});
    }
  });
}
