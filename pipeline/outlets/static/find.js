// The search of the index. Scripts are loaded, never fetched: a page that was opened from a folder may read no file.
"use strict";

const zhuzi = (() => {
  const AT_ONCE = 20; // paragraphs that are shown, and then so many more
  const MOST_OF_ONE = 3; // of one record, so that a long one does not hide the others
  const shards = Number(document.body.dataset.shards);
  const grams = document.body.dataset.grams;
  const rows = [...document.querySelectorAll("#records > li[data-text]")];
  const tables = new Map(); // number of a shard: its grams
  const texts = new Map(); // name: paragraphs
  const field = document.getElementById("words");
  const hits = document.getElementById("hits");
  const said = document.getElementById("said");
  const more = document.getElementById("more");
  let turn = 0; // a search that was typed over is not shown
  let left = null;

  const folded = (c) => c.normalize("NFKC").toLowerCase().replaceAll("臺", "台");
  const fold = (text) => [...text].map(folded).join("");
  const runs = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

  function pairs(run) {
    const signs = [...run];
    return signs.length < 2 ? signs : signs.slice(1).map((sign, i) => signs[i] + sign);
  }

  function shardOf(gram) {
    const [first, second] = [...gram].map((sign) => sign.codePointAt(0));
    return (first * 31 + (second ?? 0)) % shards;
  }

  function load(path, known, key) {
    if (known.has(key)) return Promise.resolve();
    return new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = path;
      script.onload = resolve;
      script.onerror = resolve; // what is not there holds nothing
      document.head.append(script);
    }).then(() => document.head.querySelector(`script[src="${path}"]`)?.remove());
  }

  function numbers(gram) {
    let at = 0;
    const given = tables.get(shardOf(gram))?.get(gram);
    return given === undefined ? [] : given.split(" ").map((step) => (at += parseInt(step, 36)));
  }

  async function records(words) {
    const wanted = [...new Set(words.flatMap(pairs))];
    const needed = [...new Set(wanted.map(shardOf))];
    await Promise.all(needed.map((n) => load(`search/${grams}/${n}.js`, tables, n)));
    const lists = wanted.map(numbers).sort((a, b) => a.length - b.length);
    return lists.slice(1).reduce((kept, list) => {
      const also = new Set(list);
      return kept.filter((n) => also.has(n));
    }, lists[0] ?? []);
  }

  // Where a word stands in a text, in the text's own characters.
  function places(text, words) {
    const signs = [...text];
    const pieces = signs.map(folded);
    const line = pieces.join("");
    const whose = pieces.flatMap((piece, i) => Array(piece.length).fill(i));
    return words.flatMap((word) => {
      const found = [];
      for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + word.length))
        found.push([whose[at], whose[at + word.length - 1] + 1]);
      return found;
    }).sort((a, b) => a[0] - b[0]);
  }

  function marked(text, found) {
    const signs = [...text];
    const piece = document.createElement("q");
    const begin = Math.max(0, found[0][0] - 30);
    const end = Math.min(signs.length, begin + 140);
    let at = begin;
    if (begin) piece.append("…");
    for (const [from, to] of found) {
      if (from < at || to > end) continue;
      const mark = document.createElement("mark");
      mark.append(signs.slice(from, to).join(""));
      piece.append(signs.slice(at, from).join(""), mark);
      at = to;
    }
    piece.append(signs.slice(at, end).join(""), end < signs.length ? "…" : "");
    return piece;
  }

  function shown(row, [number, label, text], words) {
    const link = row.querySelector("a.page");
    const item = document.createElement("li");
    const to = document.createElement("a");
    to.href = link.getAttribute("href") + ("anchored" in row.dataset ? `#p${number}` : "");
    to.append(row.querySelector("time")?.textContent ?? "", " ", link.textContent);
    const who = document.createElement("b");
    who.append(label);
    item.append(to, who, marked(text, places(text, words)));
    return item;
  }

  async function next(mine) {
    const { words, found } = left;
    let count = 0;
    while (count < AT_ONCE && left.at < found.length) {
      const row = rows[found[left.at++]];
      const name = row.dataset.text;
      await load(`search/t/${name}.js`, texts, name);
      if (mine !== turn) return;
      const fit = (texts.get(name) ?? []).filter(([, , text]) => {
        const line = fold(text);
        return words.every((word) => line.includes(word));
      });
      for (const paragraph of fit.slice(0, MOST_OF_ONE)) hits.append(shown(row, paragraph, words));
      if (fit.length) left.records += 1;
      count += Math.min(fit.length, MOST_OF_ONE);
    }
    more.hidden = left.at >= found.length;
    const open = more.hidden ? "" : "＋";
    said.textContent = hits.children.length
      ? `${left.records}${open} 份紀錄，${hits.children.length}${open} 段`
      : "找不到。 Nothing found.";
  }

  async function search() {
    const mine = ++turn;
    const words = runs(field.value);
    document.getElementById("found").hidden = !words.length;
    hits.replaceChildren();
    said.textContent = "";
    more.hidden = true;
    if (!words.length) return;
    const found = await records(words);
    if (mine !== turn) return;
    left = { words, found, at: 0, records: 0 };
    await next(mine);
  }

  field.addEventListener("input", search);
  more.addEventListener("click", () => next(turn));
  const form = document.getElementById("search");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;

  return {
    grams: (number, table) => tables.set(number, new Map(Object.entries(table))),
    text: (name, paragraphs) => texts.set(name, paragraphs),
  };
})();
