/** Buttons that copy a field: data-copies names it. Without a clipboard the field is selected instead. */

import {say} from "/static/api.js";

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      say("已複製 Copied");
    } catch {
      say("請按 Ctrl+C 複製 Press Ctrl+C to copy");
    }
  });
}
