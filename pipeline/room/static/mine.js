/** A participant's page: say once that it was opened by somebody who reads, and play one turn at a time. */

const here = document.querySelector(".mine");

if (here.hasAttribute("data-new")) {
  const headers = {"x-csrf": here.dataset.csrf};
  fetch(`/mine/${here.dataset.token}/opened`, {method: "POST", headers}).catch(() => {});  // it is only a note
}

here.addEventListener("play", (event) => {
  for (const audio of here.querySelectorAll("audio")) {
    if (audio !== event.target) audio.pause();
  }
}, true);
