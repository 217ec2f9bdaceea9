/** Talking with the room: JSON there and back, with the session's CSRF token. */

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

export const UNREACHED = {
  error_zh: "連不到審閱室。", cure_zh: "請再試一次；您輸入的內容都還在。",
  error: "The room cannot be reached.", cure: "Try again; nothing you typed is gone.",
};
const UNREADABLE = {
  error_zh: "看不懂審閱室的回應。", cure_zh: "請重新載入頁面。",
  error: "The room's answer cannot be read.", cure: "Load the page again.",
};

/**
 * What the room answered: `ok`, HTTP's `status`, and the object it `said`; if it refused, that has `error` and `cure`,
 * and `error_zh` and `cure_zh` in Chinese (`problem(said)` shows them).
 */
async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    return {ok: false, status: 0, said: UNREACHED};
  }
  const said = await response.json().catch(() => (UNREADABLE));
  return {ok: response.ok, status: response.status, said};
}

/** GET an object. */
export function get(path) {
  return answered(fetch(path, {headers: {accept: "application/json"}}));
}

/** POST an object. */
export function post(path, object = {}) {
  const headers = {accept: "application/json", "content-type": "application/json", "x-csrf": csrf};
  return answered(fetch(path, {method: "POST", headers, body: JSON.stringify(object)}));
}

/** A text as elements: what stands behind its last Chinese character is English, and says so to who hears it. */
export function beside(text) {
  const at = text.search(/[^\u2e80-\u9fff\u3000-\u303f\uff00-\uffef]*$/u);
  const english = text.slice(at);
  if (!at || !/[A-Za-z]{2}/.test(english)) return [text];
  const en = Object.assign(document.createElement("span"), {className: "en", lang: "en", textContent: english.trimStart()});
  return [text.slice(0, at), " ", en];
}

/** Say something to everybody, screen readers too; the page has an element with the id `said` and role="status". */
export function say(text, {problem = false} = {}) {
  const place = document.getElementById("said");
  place.replaceChildren(...beside(text));
  place.classList.toggle("problem", problem);
}

/** Say why the room refused something, Chinese first, English beside it. */
export function problem(said) {
  say("", {problem: true});
  document.getElementById("said").append(...refusal(said));
}

/** The same as elements, for a place of one's own. */
export function refusal({error, cure, error_zh = "", cure_zh = ""}) {
  const zh = Object.assign(document.createElement("span"), {className: "zh", textContent: error_zh + cure_zh});
  const en = Object.assign(document.createElement("span"), {className: "en", lang: "en", textContent: `${error} ${cure}`});
  return error_zh ? [zh, " ", en] : [en];
}
