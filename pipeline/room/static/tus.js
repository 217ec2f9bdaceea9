/** Sending one file in pieces (tus 1.0): goes on where it was after a lost connection, a reload, or another day. */

import {UNREACHED} from "./api.js";

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
const PIECE = 8 * 1024 * 1024;
const LONGEST_WAIT_MS = 30_000;

/** Sums up bytes: two numbers that a file with other bytes hardly has. */
function summed(bytes) {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 2654435761);
    b = Math.imul(b ^ byte, 1597334677);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}

/** By what a file is known again: its length, its date, and its first and last bytes; never its name. */
async function fingerprint(file) {
  const ends = [file.slice(0, 65536), file.slice(Math.max(0, file.size - 65536))];
  const sums = await Promise.all(ends.map(async (part) => summed(new Uint8Array(await part.arrayBuffer()))));
  return `upload ${file.size} ${file.lastModified} ${sums.join(" ")}`;
}

/** What of a file's name is told: ".wav". */
function ending(name) {
  return /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";
}

function asked(method, path, headers = {}, body = null, progress = null) {
  const request = new XMLHttpRequest();
  const answer = new Promise((resolve) => {
    request.open(method, path);
    const all = {"tus-resumable": "1.0.0", "x-csrf": csrf, accept: "application/json", ...headers};
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    if (progress) request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("loadend", () => resolve(request));
    request.send(body);
  });
  return {request, answer};
}

/** Why the room refused, as `refusal` of api.js shows it. */
function said(request) {
  try {
    const object = JSON.parse(request.responseText);
    if (object.error) return object;
  } catch { /* no object: said below */ }
  return UNREACHED;
}

const SIGN_IN = {
  error_zh: "登入已經結束。", cure_zh: "請在另一個分頁登入，再按「繼續」。",
  error: "You are not signed in (any more).", cure: "Sign in in another tab, then go on.",
};
const UNREADABLE = {
  error_zh: "這個檔案讀不到了。", cure_zh: "請重新選擇。",
  error: "The file cannot be read any more.", cure: "Choose it again.",
};

export class Sending {
  /**
   * @param file what is sent
   * @param on `progress(bytes)`, `state(word, why)` with "sending", "paused", "waiting", "failed" or "whole"
   */
  constructor(file, on) {
    this.file = file;
    this.on = on;
    this.id = "";
    this.paused = false;
    this.gone = false;
    this.request = null;
  }

  /** Send it, from where it is. */
  async start() {
    this.paused = false;
    this.key ??= await fingerprint(this.file);
    let wait = 1000;
    while (!this.paused && !this.gone) {
      const outcome = await this.piece();
      if (outcome === "whole" || outcome === "failed" || this.paused || this.gone) return;
      if (outcome === "again") {
        this.on.state("waiting", "");
        await Promise.race([
          new Promise((resolve) => setTimeout(resolve, wait)),
          new Promise((resolve) => addEventListener("online", resolve, {once: true})),
        ]);
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      } else wait = 1000;
    }
  }

  /** Send the next piece, or find out where it goes on: "more", "again" (later), "whole" or "failed". */
  async piece() {
    if (this.offset === undefined) return this.find();
    if (this.offset === this.file.size) {
      localStorage.removeItem(this.key);
      this.on.state("whole", "");
      return "whole";
    }
    this.on.state("sending", "");
    const body = this.file.slice(this.offset, this.offset + PIECE);
    const headers = {"upload-offset": String(this.offset), "content-type": "application/offset+octet-stream"};
    if (globalThis.crypto?.subtle) {
      let digest;
      try {
        digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await body.arrayBuffer()));
      } catch {
        return this.failed(UNREADABLE);
      }
      headers["upload-checksum"] = `sha256 ${btoa(String.fromCharCode(...digest))}`;
    }
    const from = this.offset;
    const {request, answer} = asked("PATCH", `/uploads/${this.id}`, headers, body, (sent) => this.on.progress(from + sent));
    this.request = request;
    await answer;
    this.request = null;
    if (request.status === 204) {
      this.offset = Number(request.getResponseHeader("upload-offset"));
      this.on.progress(this.offset);
      return "more";
    }
    this.offset = undefined; // whatever went wrong, the room knows how far it is
    if ([400, 403, 413, 415, 507].includes(request.status)) return this.failed(said(request));
    return "again";
  }

  async find() {
    this.id ||= localStorage.getItem(this.key) ?? "";
    if (this.id) {
      const {request, answer} = asked("HEAD", `/uploads/${this.id}`);
      await answer;
      if (request.status === 200 && Number(request.getResponseHeader("upload-length")) === this.file.size) {
        this.offset = Number(request.getResponseHeader("upload-offset"));
        this.on.progress(this.offset);
        return "more";
      }
      if (request.status === 403) return this.failed(SIGN_IN);
      if (request.status !== 404 && request.status !== 200) return "again";
      localStorage.removeItem(this.key);
      this.id = "";
    }
    const {request, answer} = asked("POST", "/uploads", {
      "upload-length": String(this.file.size),
      "upload-metadata": `ending ${btoa(ending(this.file.name))}`,
    });
    await answer;
    if (request.status === 201) {
      this.id = request.getResponseHeader("location").split("/").pop();
      localStorage.setItem(this.key, this.id);
      this.offset = 0;
      return "more";
    }
    return request.status === 0 || request.status >= 500 && request.status !== 507 ? "again" : this.failed(said(request));
  }

  failed(why) {
    this.on.state("failed", why);
    return "failed";
  }

  /** Stop for a while. */
  pause() {
    this.paused = true;
    this.request?.abort();
    this.on.state("paused", "");
  }

  /** Forget it, here and in the room. */
  async remove() {
    this.gone = true;
    this.request?.abort();
    if (this.key) localStorage.removeItem(this.key);
    if (this.id) await asked("DELETE", `/uploads/${this.id}`).answer;
  }
}
