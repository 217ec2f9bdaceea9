/** The form about a meeting: rows that come and go, a list of people, and handing it over without losing a word. */

import {UNREACHED, beside, post, problem, refusal, say} from "./api.js";

const form = document.querySelector("form#drop, form#about");
const csrf = document.querySelector('meta[name="csrf"]').content;
let typed = false;

/** Rows that hold something, as the room counts them. */
function filled(kind) {
  return [...document.querySelectorAll(`#${places[kind]} .row:not(:has([name="brought-removed"]:checked))`)].filter((row) =>
    [...row.querySelectorAll("input, textarea")].some((one) => one.value.trim()));
}

const places = {person: "people", link: "links", agenda: "agenda", microphone: "microphones", brought: "brought"};
let last = 1000;

function ready(row) {
  const remove = row.querySelector(".remove");
  if (!remove) return;  // of a file that is there, a tick asks for it
  if (row.dataset.kind !== "microphone" || !row.querySelector('[name="microphone-file"]').value) remove.hidden = false;
  remove.addEventListener("click", () => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    numbered();
    (next?.querySelector("input:not([type=hidden])") ?? document.querySelector(`.more[data-kind="${row.dataset.kind}"]`))?.focus();
  });
}

function numbered() {
  for (const place of Object.values(places)) {
    document.querySelectorAll(`#${place} .row .number`).forEach((one, n) => { one.textContent = n + 1; });
  }
}

/** Add a row; `values` by the ends of their names. */
export function addRow(kind, values = {}) {
  const row = document.getElementById(`${kind}-row`).content.firstElementChild.cloneNode(true);
  last += 1;
  for (const label of row.querySelectorAll("label")) label.htmlFor = label.htmlFor.replace(/-0$/, `-${last}`);
  for (const one of row.querySelectorAll("[id]")) one.id = one.id.replace(/-0$/, `-${last}`);
  for (const [key, value] of Object.entries(values)) {
    const place = row.querySelector(`[name="${kind}-${key}"]`);
    if (!place) continue;
    if (key === "wish" && value === "?") place.prepend(new Option("？請選一個 choose one", "?"));
    place.value = key === "wish" ? value || "named" : value;
  }
  document.getElementById(places[kind]).append(row);
  ready(row);
  numbered();
  return row;
}

document.querySelectorAll(".rows .row").forEach(ready);
document.querySelectorAll(".script").forEach((one) => { one.hidden = false; });
for (const button of document.querySelectorAll(".more")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    addRow(button.dataset.kind).querySelector("input:not([type=hidden])").focus();
  });
}

function named(tag, attributes, text) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...beside(text));
  return made;
}

/** Show a list that was read, to be checked; only what the person takes becomes rows. */
function preview(people) {
  const place = document.getElementById("preview");
  const table = document.createElement("table");
  const wishes = document.getElementById("person-row").content.querySelector('[name="person-wish"]').options;
  const wished = (wish) => (wish === "?" ? "？看不懂，請選 unclear" : [...wishes].find((one) => one.value === (wish || "named")).text);
  const heads = ["姓名 Name", "職稱 Role", "別的稱呼 Other names", "意願 Wish", "時間 Heard at", "代稱 Label"];
  const head = table.createTHead().insertRow();
  for (const text of heads) head.append(named("th", {scope: "col"}, text));
  const body = table.createTBody();
  for (const one of people) {
    const row = body.insertRow();
    for (const value of [one.name, one.role, one.aliases, wished(one.wish), one.heard_at, one.label]) {
      row.insertCell().textContent = value;
    }
  }
  const take = named("button", {type: "button"}, `這 ${people.length} 人沒錯，加入 Right, add them`);
  const leave = named("button", {type: "button", className: "quiet"}, "不用 Leave it");
  const close = () => { place.hidden = true; place.replaceChildren(); };
  take.addEventListener("click", () => {
    const rows = people.map((one) => addRow("person", one));
    document.getElementById("roster").value = "";
    close();
    rows[0].querySelector('[name="person-name"]').focus();
    say(`加入了 ${people.length} 人，請再核對意願。 Added; check the wishes once more.`);
  });
  leave.addEventListener("click", () => { close(); document.getElementById("roster").focus(); });
  const around = Object.assign(document.createElement("div"), {className: "preview", tabIndex: 0});
  around.setAttribute("role", "region");
  around.setAttribute("aria-label", "讀到的名單 The list as it was read");
  around.append(table);
  const buttons = Object.assign(document.createElement("p"), {className: "buttons"});
  buttons.append(take, leave);
  place.replaceChildren(around, buttons);
  place.hidden = false;
  take.focus();
}

async function readRoster(what) {
  const {ok, said} = await post("/drop/roster", what);
  if (ok) {
    say("");
    preview(said.people);
  } else problem(said);
}

document.getElementById("read-roster").addEventListener("click", (event) => {
  event.preventDefault();
  readRoster({text: document.getElementById("roster").value});
});
document.getElementById("sheet").addEventListener("change", async ({target}) => {
  const [file] = target.files;
  target.value = "";
  if (!file) return;
  if (file.size > 700_000) {
    say("這個試算表太大，請只留名單。 The spreadsheet is too large: keep only the list.", {problem: true});
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  readRoster({sheet: btoa(text)});
});

/** Say beside its field what is wrong, or above all of it. */
function wrong(said) {
  document.querySelectorAll(".field .problem").forEach((one) => one.remove());
  form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  const [name, number] = (said.field ?? "").split(" ");
  const kind = name.split("-")[0];
  const around = number ? filled(kind)[Number(number) - 1] : form;
  const input = name && around?.querySelector(`[name="${name}"]:not([type=hidden])`);
  problem(said);
  if (!input) {
    document.getElementById("said").scrollIntoView({block: "center"});
    return;
  }
  const note = Object.assign(document.createElement("p"), {className: "problem", id: `${input.id}-wrong`});
  note.append(...refusal(said));
  input.closest(".field").append(note);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", note.id);
  input.closest("details")?.setAttribute("open", "");
  input.focus();
}

form.addEventListener("input", () => { typed = true; });
addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });

/** Hand the form over; `before` may refuse by giving a sentence. */
export function handOver(before = () => "") {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const refusal = before();
    if (refusal) {
      say(refusal, {problem: true});
      document.getElementById("said").scrollIntoView({block: "center"});
      return;
    }
    const button = document.getElementById("hand-over");
    button.disabled = true;
    try {
      const fields = new URLSearchParams(new FormData(form));
      fields.delete("roster");
      fields.set("act", "");
      const response = await fetch(form.action, {method: "POST", body: fields, headers: {accept: "application/json", "x-csrf": csrf}});
      const said = await response.json();
      if (response.ok) {
        typed = false;
        location.assign(said.go_to);
      } else wrong(said);
    } catch {
      problem(UNREACHED);
    } finally {
      button.disabled = false;
    }
  });
}
