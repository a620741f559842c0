"use strict";
// Follows the live feed and loads the page's content anew when something happened; without it the page still works.
(() => {
  const dot = document.getElementById("live");
  const main = document.getElementById("content");
  let waiting = 0;

  const show = (fresh) => {
    dot.className = fresh ? "live on" : "live off";
    dot.textContent = fresh ? dot.dataset.live : dot.dataset.stale;
    document.body.classList.toggle("stale", !fresh);
  };

  const isBusy = () => {
    const field = document.activeElement;
    return field && main.contains(field) && "value" in field && field.tagName === "TEXTAREA";
  };

  const refresh = async () => {
    waiting = 0;
    if (isBusy()) return later();
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return show(false);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    main.replaceChildren(...page.getElementById("content").childNodes);
    document.title = page.title;
    show(true);
  };

  const later = () => {
    if (!waiting) waiting = setTimeout(refresh, 400);
  };

  const feed = new EventSource("/api/v1/live?rooms=alerts,incidents,notify,intake,oncall");
  feed.onopen = () => { show(true); later(); };
  feed.onmessage = later;
  feed.addEventListener("reset", later);
  feed.onerror = () => show(false);
  setInterval(later, 60000);
})();
