/**
 * Hiding words by selecting them: a small bar beside the selection, "here" or "everywhere".
 *
 *     markable({meeting, done, text: (element) => ({statement, digest, offset})})
 *
 * Every element whose text can be marked has `data-statement`, `data-digest` (of its statement) and
 * `data-offset` (of its first character in the statement's text; 0 if it holds all of it). The template of the page has
 * `{% include "mark.html" %}`, which holds the dialog with the people.
 */
import {get, post, problem as sayProblem, refusal, say} from "./api.js";

/** How many characters (as Python counts them) stand before a place in an element. */
function before(element, node, offset) {
  const range = document.createRange();
  range.setStart(element, 0);
  range.setEnd(node, offset);
  const skipped = range.cloneContents();
  for (const other of skipped.querySelectorAll("[data-not-text]")) other.remove();
  return [...skipped.textContent].length;
}

/** What is selected: `{statement, digest, start, end, words}`, or null if it is not within one statement. */
export function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const inside = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-statement]");
  const element = inside(range.startContainer);
  if (!element || inside(range.endContainer) !== element) return null;
  const from = Number(element.dataset.offset ?? 0);
  const start = from + before(element, range.startContainer, range.startOffset);
  const end = from + before(element, range.endContainer, range.endOffset);
  if (end <= start) return null;
  return {statement: element.dataset.statement, digest: element.dataset.digest, start, end, words: selection.toString()};
}

/**
 * Ask whose words these are and where they are to be hidden, and hide them.
 * @param meeting its id
 * @param what as `selected` has it, or as a mark's row has it
 * @param done called with what the room answered once they are hidden
 * @param others whether only the places are meant that are not `what` itself
 */
export async function hide(meeting, what, done, {subject = "", replacement = "", others = false} = {}) {
  const dialog = document.getElementById("hide");
  const place = {statement: what.statement, start: what.start, end: what.end, digest: what.digest};
  dialog.querySelector("[data-words]").textContent = what.words;
  const whose = dialog.querySelector("select");
  whose.value = subject;
  const problem = dialog.querySelector("[data-problem]");
  problem.textContent = "";
  const list = dialog.querySelector("ul");
  list.replaceChildren();
  const count = dialog.querySelector("[data-count]");
  count.textContent = "";
  const all = dialog.querySelector('button[value="everywhere"]');
  const here = dialog.querySelector('button[value="here"]');
  all.disabled = true;
  here.hidden = others;
  const found = await get(`/meetings/${meeting}/marks/elsewhere?${new URLSearchParams(place)}`);
  if (others && (!found.ok || !found.said.places)) return;
  if (found.ok) {
    all.disabled = !others && found.said.places < 2;
    all.dataset.places = found.said.places;
    count.textContent = `${found.said.places} 處未標記 unmarked places`;
    for (const [statement, at, left, words, right] of found.said.contexts) {
      const line = document.createElement("li");
      line.append(`${at} …${left}`, Object.assign(document.createElement("mark"), {textContent: words}), `${right}…`);
      line.title = statement;
      list.append(line);
    }
  } else {
    problem.replaceChildren(...refusal(found.said));
  }
  dialog.onclose = async () => {
    const answer = dialog.returnValue;
    if (answer !== "here" && answer !== "everywhere") return;
    const asked = {...place, subject: whose.value, replacement};
    if (answer === "everywhere") asked.places = Number(all.dataset.places);
    const made = await post(`/meetings/${meeting}/marks/by-hand`, asked);
    if (made.ok) {
      say("已隱去。Hidden.");
      done(made.said);
    } else {
      sayProblem(made.said);
    }
  };
  dialog.returnValue = "";
  dialog.showModal();
}

/**
 * Let people hide what they select on this page: a button appears beside the selection, and a key does the same.
 * @param meeting its id
 * @param done called with what the room answered
 * @returns hides what is selected now; for a key
 */
export function markable(meeting, done) {
  const button = document.getElementById("hide-selected");
  let what = null;
  document.addEventListener("selectionchange", () => {
    const found = selected();
    if (found) what = found;
    button.hidden = !found;
    if (!found) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    button.style.left = `${Math.max(4, Math.min(box.left, innerWidth - button.offsetWidth - 4))}px`;
    button.style.top = `${Math.min(box.bottom + 6, innerHeight - button.offsetHeight - 4)}px`;
  });
  button.addEventListener("pointerdown", (event) => event.preventDefault());  // the selection stays
  button.addEventListener("click", () => what && hide(meeting, what, done));
  return () => {
    const found = selected();
    if (found) hide(meeting, found, done);
    else say("先選取要隱去的字。Select the words first.", {problem: true});
  };
}
