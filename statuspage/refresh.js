"use strict";
// Shows the newest days first, where not all fit, and replaces the content by that of the page as it is now, every minute, until somebody stops it. Where one was in it stays.
(() => {
  const every = 60 * 1000;
  const button = document.getElementById("pause");
  const said = document.getElementById("said");
  let stopped = false;

  const refresh = async () => {
    if (stopped || document.hidden) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const content = page.getElementById("content");
      if (content === null || stopped) return;
      const focused = document.activeElement === null ? "" : document.activeElement.id;
      const scrolled = new Map([...document.querySelectorAll(".scroll")].map((e) => [e.id, e.scrollLeft]));
      document.getElementById("content").replaceWith(document.adoptNode(content));
      document.title = page.title;
      for (const [id, left] of scrolled) {
        const e = document.getElementById(id);
        if (e !== null) e.scrollLeft = left;
      }
      const again = focused === "" ? null : document.getElementById(focused);
      if (again !== null) again.focus({ preventScroll: true });
      said.textContent = "";
    } catch {
      said.textContent = "It does not answer: what is below is old.";
    }
  };

  button.addEventListener("click", () => {
    stopped = !stopped;
    button.setAttribute("aria-pressed", String(stopped));
    said.textContent = stopped ? "It is not refreshed." : "";
    refresh();
  });
  for (const map of document.querySelectorAll(".map")) map.scrollLeft = map.scrollWidth;
  document.getElementById("refreshing").hidden = false;
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, every);
})();
