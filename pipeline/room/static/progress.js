/** Parts of a page that change by themselves: asked for again every two seconds, as long as something is open. */

import "./keys.js";

const EVERY_MS = 2000;

async function again(part) {
  if (!document.hidden) {
    try {
      const response = await fetch(part.dataset.live, {headers: {accept: "text/html"}, redirect: "error"});
      const text = await response.text();
      if (response.ok && text !== part.dataset.shown) {
        const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
        const before = part.querySelector(".state-line strong")?.textContent;
        const made = new DOMParser().parseFromString(text, "text/html");
        part.replaceChildren(...made.body.childNodes);
        part.dataset.shown = text;
        if (focused) document.getElementById(focused)?.focus();
        const now = part.querySelector(".state-line strong")?.textContent;
        const place = document.getElementById("said");
        if (place && now !== before) place.textContent = now ?? "";
      }
    } catch { /* the room cannot be reached; it is asked again */ }
  }
  setTimeout(again, EVERY_MS, part);
}

document.querySelectorAll("[data-live]").forEach((part) => setTimeout(again, EVERY_MS, part));
