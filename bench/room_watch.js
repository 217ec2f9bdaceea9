/** Watches a page while it is measured: when it can be used, how long its frames take, how much is in it. */
(() => {
  const watch = {usable: 0, reacted: 0, saved: 0, frames: [], nodes: 0, counting: false, seeks: []};
  watch.begin = () => { Object.assign(watch, {frames: [], nodes: 0, seeks: [], counting: true}); };
  window.roomWatch = watch;
  let last = 0, found = false, pressed = 0, count = 0, asked = 0;

  const inView = (element) => {
    const {top, bottom, height} = element.getBoundingClientRect();
    return height > 0 && bottom > 0 && top < innerHeight && element.textContent.trim().length > 1;
  };
  const ready = () => {
    const wanted = watch.wanted;
    return wanted && (!wanted.ready || document.querySelector(wanted.ready)) && [...document.querySelectorAll(wanted.text)].some(inView);
  };

  const chosen = () => {
    const {key, id} = document.querySelector(watch.wanted?.reacts || "html")?.dataset ?? {};
    return key ?? id ?? "";
  };
  let before = "", sent = 0;
  addEventListener("keydown", (event) => {
    if (!pressed) { pressed = performance.now(); before = chosen(); }
    if (event.key === "Enter" && event.ctrlKey) sent = performance.now();
  }, true);
  addEventListener("pointerdown", () => { asked = performance.now(); }, true);
  document.addEventListener("seeked", () => { if (asked) { watch.seeks.push(performance.now() - asked); asked = 0; } }, true);

  const frame = () => {
    const now = performance.now();
    if (watch.counting && last) {
      watch.frames.push(now - last);
      if (count++ % 20 === 0) watch.nodes = Math.max(watch.nodes, document.getElementsByTagName("*").length);
    }
    last = now;
    if (found && !watch.usable) watch.usable = now;  // the frame after the one in which it was there: it is painted
    if (!found) found = Boolean(ready());
    if (pressed && !watch.reacted && chosen() !== before) watch.reacted = now - pressed;
    if (sent && !document.querySelector("form.editing")) { watch.saved = now - sent; sent = 0; }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
