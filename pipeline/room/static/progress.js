/** Parts of a page that change by themselves: asked for again, more often while something in them is open. */

import "./keys.js";

const OPEN_MS = 2000, EVERY_MS = 20_000;

const pause = (part) => (part.matches("[data-open]") || part.querySelector("[data-open]") ? OPEN_MS : EVERY_MS);

/** Say that what stands there may be old; `false` takes it back. */
function lost(is) {
  const said = document.getElementById("lost");
  if (is && !said) {
    const place = Object.assign(document.createElement("p"), {id: "lost", className: "problem", role: "alert"});
    const en = Object.assign(document.createElement("span"), {className: "en", lang: "en", textContent: "The room cannot be reached; this goes on by itself once it can."});
    place.append("連不上審閱室；連上後會自動更新。 ", en);
    document.querySelector("main h1").after(place);
  } else if (!is) said?.remove();
}

async function again(part) {
  if (!document.hidden) {
    try {
      const response = await fetch(part.dataset.live, {headers: {accept: "text/html"}, redirect: "manual"});
      const text = await response.text();
      lost(false);
      if (response.type === "opaqueredirect") location.reload(); // signed out: the page leads to the door
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
    } catch { lost(true); }
  }
  setTimeout(again, pause(part), part);
}

document.querySelectorAll("[data-live]").forEach((part) => setTimeout(again, pause(part), part));
