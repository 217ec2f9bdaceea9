/** Talking with the room: JSON there and back, with the session's CSRF token. */

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

/** What the room answered: `ok`, HTTP's `status`, and the object it `said` (`error` and `cure` if it refused). */
async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    return {ok: false, status: 0, said: {error: "The room cannot be reached.", cure: "Try again; nothing you typed is gone."}};
  }
  const said = await response.json().catch(() => ({error: "The room's answer cannot be read.", cure: "Load the page again."}));
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

/** Say something to everybody, screen readers too; the page has an element with the id `said` and role="status". */
export function say(text, {problem = false} = {}) {
  const place = document.getElementById("said");
  place.textContent = text;
  place.classList.toggle("problem", problem);
}
