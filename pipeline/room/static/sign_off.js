/** The sign-off: statements that deserve a full read open and play, and a release is followed to its end. */
import {get} from "./api.js";

const place = document.getElementById("beside");
const job = document.getElementById("job");

if (place) {
  const {open, next} = await import("./beside.js");
  for (const link of document.querySelectorAll("[data-open]")) link.addEventListener("click", (event) => {
    event.preventDefault();
    open(link.dataset.open);
  });
  document.getElementById("read-next")?.addEventListener("click", next);
}

/** Show how far the release is; what came of it is on the page that is loaded then. */
async function follow() {
  const {ok, said} = await get(`${location.pathname.replace("sign-off", "release.json")}`);
  if (ok && said.job && !said.job.open) return location.reload();
  if (ok && said.job) {
    const bar = document.getElementById("job-bar");
    if (said.job.total) {
      bar.max = said.job.total;
      bar.value = said.job.done;
    } else bar.removeAttribute("value");
    const left = said.job.left_s ? ` · ${Math.ceil(said.job.left_s)} s` : "";
    document.getElementById("job-said").textContent = `${said.job.stage ?? "等待 waiting"} ${said.job.step ?? ""}${left}`;
  }
  return setTimeout(follow, 1000);
}

if (job?.dataset.open === "1") follow();
