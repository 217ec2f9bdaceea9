"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const id = (name) => document.getElementById(name);
  const paragraphs = all("main p[id]");
  const player = id("player");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const show = (element) => element.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });

  // Playing: a browser reads no captions from a folder, so they are made of what stands in the page.
  if (player) {
    const spoken = [], pieces = [];
    const seconds = (clock) => clock.split(":").reduce((sum, part, at) => sum + Number(part) * [60, 1, 0.01][at], 0);
    for (const paragraph of paragraphs.filter((one) => one.dataset.cues)) {
      const said = paragraph.querySelector(":scope > span"), letters = [...said.textContent];
      const cues = paragraph.dataset.cues.split(";");
      said.replaceChildren(...cues.map((cue) => {
        const [begins, ends, length, caption] = cue.split(/[-,]/);
        const element = document.createElement("span");
        element.textContent = letters.splice(0, Number(length)).join("");
        pieces.push({ element, caption, from: seconds(begins), to: seconds(ends) });
        return element;
      }));
      const mine = pieces.slice(-cues.length);
      spoken.push({ element: paragraph, from: mine[0].from, to: Math.max(...mine.map((piece) => piece.to)) });
      paragraph.querySelector("a").title = id("record").dataset.play;
    }
    const timeline = id("timeline");
    const links = new Map(all("nav a").map((a) => [a.hash.slice(1), a]));
    let now = null, shown = new Set(), touched = 0, head = null;

    if (player.tagName === "VIDEO") {
      const given = player.querySelector("track");
      const captions = player.addTextTrack("captions", given.label, given.srclang);
      given.remove();
      const spans = (id("record").dataset.captions ?? "").split(";").map((one) => one.split("-").map(seconds));
      const together = new Map();
      for (const piece of pieces) {
        const key = piece.caption ?? piece;
        together.set(key, [...(together.get(key) ?? []), piece]);
      }
      for (const [key, all] of together) {
        const [from, to] = typeof key === "string" ? spans[key - 1] : [key.from, key.to];
        const said = new VTTCue(from, to, "");
        const paragraph = (piece) => piece.element.closest("p");
        const between = (piece, at) => (at && paragraph(piece) !== paragraph(all[at - 1]) ? " " : "");
        const text = all.map((piece, at) => between(piece, at) + piece.element.textContent).join("").trim();
        said.text = (paragraph(all[0]).querySelector("b").textContent + text).replace(/&/g, "&amp;").replace(/</g, "&lt;");
        captions.addCue(said);
      }
      captions.mode = "showing";
    }

    const mark = () => {
      const at = player.currentTime;
      const paragraph = spoken.filter((one) => one.from <= at && at < one.to).at(-1)?.element ?? null;
      const heard = new Set(pieces.filter((one) => one.from <= at && at < one.to).map((one) => one.element));
      for (const one of shown) if (!heard.has(one)) one.classList.remove("now");
      for (const one of heard) one.classList.add("now");
      shown = heard;
      if (timeline) {
        const place = `${100 * Math.min(1, at / Number(timeline.dataset.end))}%`;
        head.setAttribute("x1", place);
        head.setAttribute("x2", place);
      }
      if (paragraph === now || !paragraph) return;
      now?.classList.remove("now");
      now?.removeAttribute("aria-current");
      paragraph.classList.add("now");
      paragraph.setAttribute("aria-current", "true");
      for (const [part, link] of links) {
        if (paragraph.closest("section").id === part) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      now = paragraph;
      if (id("follow").checked && !player.paused && Date.now() - touched > 4000) show(paragraph);
    };
    for (const event of ["wheel", "touchmove", "keydown"]) {
      addEventListener(event, () => { touched = Date.now(); }, { passive: true });
    }
    for (const event of ["timeupdate", "seeked"]) player.addEventListener(event, mark);

    const from = (moment, play) => {
      const go = () => {
        player.currentTime = moment;
        if (play) player.play().catch(() => {});
      };
      if (player.readyState > 0) go();
      else {
        player.addEventListener("loadedmetadata", go, { once: true });
        player.load();
      }
    };
    for (const { element, from: start } of spoken) {
      element.querySelector("a").addEventListener("click", () => { touched = 0; from(start, true); });
    }
    const aimed = () => {
      const aim = spoken.find((one) => `#${one.element.id}` === location.hash);
      if (aim) from(aim.from, false);
    };
    if (timeline) {
      timeline.dataset.seek = "";
      head = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [name, value] of [["class", "head"], ["y1", "0"], ["y2", "100%"], ["x1", "0"], ["x2", "0"]]) head.setAttribute(name, value);
      timeline.append(head);
      timeline.addEventListener("click", (event) => {
        const { left, width } = timeline.getBoundingClientRect();
        from(Number(timeline.dataset.end) * Math.max(0, event.clientX - left) / width, true);
      });
    }
    aimed();
  }

  // Searching: width and case of letters make no difference; each hit is where it stands in the text on the page.
  const field = id("q"), count = id("count"), only = id("only");
  let folded = null, hits = [], place = -1;
  if (window.CSS?.highlights) {
    const sheet = new CSSStyleSheet();  // not in the page's style: programs that check it do not know this yet
    sheet.insertRule("@media screen { ::highlight(found) { background: var(--hit); color: var(--ink); } }");
    document.adoptedStyleSheets = [sheet];
  }
  const texts = () => folded ??= paragraphs.map((paragraph) => {
    const nodes = [];
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a")) nodes.push(walker.currentNode);
    let text = "";
    const origin = [];
    for (const node of nodes) {
      let at = 0;
      for (const one of node.data) {
        for (const unit of one.normalize("NFKC").toLowerCase().split("")) {
          text += unit;
          origin.push([node, at, at + one.length]);
        }
        at += one.length;
      }
    }
    return { paragraph, text, origin };
  });
  const find = () => {
    const sought = [...field.value.trim()].map((one) => one.normalize("NFKC").toLowerCase()).join("");
    hits = [];
    place = -1;
    for (const { paragraph, text, origin } of sought ? texts() : []) {
      for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) {
        const range = new Range();
        range.setStart(origin[at][0], origin[at][1]);
        range.setEnd(origin[at + sought.length - 1][0], origin[at + sought.length - 1][2]);
        hits.push({ paragraph, range });
      }
    }
    const found = new Set(hits.map((hit) => hit.paragraph));
    for (const paragraph of paragraphs) {
      paragraph.classList.toggle("hit", found.has(paragraph));
      paragraph.classList.remove("here");
    }
    if (window.CSS?.highlights) CSS.highlights.set("found", new Highlight(...hits.map((hit) => hit.range)));
    document.body.classList.toggle("filtered", Boolean(sought) && only.checked);
    count.textContent = !sought ? "" : hits.length ? `${hits.length}` : count.dataset.none;
  };
  const step = (by) => {
    if (!hits.length) return;
    hits[place]?.paragraph.classList.remove("here");
    place = place < 0 && by < 0 ? hits.length - 1 : (place + by + hits.length) % hits.length;
    hits[place].paragraph.classList.add("here");
    count.textContent = `${place + 1}/${hits.length}`;
    show(hits[place].paragraph);
  };
  field.addEventListener("input", (event) => { if (!event.isComposing) find(); });
  field.addEventListener("compositionend", find);
  only.addEventListener("change", find);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.shiftKey && !event.isComposing) { event.preventDefault(); step(-1); }
  });
  id("search").addEventListener("submit", (event) => { event.preventDefault(); step(1); });
  id("before").addEventListener("click", () => step(-1));
  id("search").hidden = id("options").hidden = false;
  addEventListener("beforeprint", () => { for (const one of all("details")) one.open = true; });
})();
