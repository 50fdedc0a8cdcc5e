"use strict";

/* Small comforts only: every page works without this file. */

const live = (element) => element.matches("[data-live]");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  }
});

document.addEventListener("click", async (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  const word = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => (button.textContent = word), 2000);
});

/* A field that is being mended is wrong no more; what was said of it stays to be read. */
document.addEventListener("input", (event) => {
  const field = event.target.closest?.(".wrong");
  if (!field) return;
  for (const each of field.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  for (const said of field.querySelectorAll(".error")) said.className = "hint";
});

/* Live parts do not ask while nobody looks, and catch up when somebody does. */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && live(event.detail.elt)) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !window.htmx) return;
  for (const element of document.querySelectorAll("[data-live][hx-get]")) {
    window.htmx.trigger(element, "seen-again");
  }
});

/* A page that gets no answer says so, and stops saying so when it gets one. */
const stale = (event, is) => {
  if (live(event.detail.elt)) document.body.classList.toggle("stale", is);
};
document.addEventListener("htmx:sendError", (event) => stale(event, true));
document.addEventListener("htmx:timeout", (event) => stale(event, true));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr && event.detail.xhr.status) stale(event, event.detail.failed === true);
});

/* What one has opened stays open, what one has scrolled to stays in sight, and what has the focus
   keeps it: htmx finds it again by an id, this by what it is. */
let kept = new Map();
let focused = null;
let within = null;
const keepable = "details[id], pre[id]";
const alike = (part, element) =>
  [...part.querySelectorAll(element.localName)].filter((each) => each.outerHTML === element.outerHTML);

document.addEventListener("htmx:beforeSwap", (event) => {
  kept = new Map();
  const { target } = event.detail;
  const active = document.activeElement;
  within = logAround(target);
  focused =
    target.id && !active.id && target.contains(active)
      ? { active, part: target.id, at: alike(target, active).indexOf(active), top: scrollY }
      : null;
  for (const element of target.querySelectorAll(keepable)) {
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
    kept.set(element.id, { open: element.open, top: element.scrollTop, end });
  }
});

/* A log grows at its end, which stays in sight where it was, and at its begin, which moves nothing. */
const logAround = (target) => {
  const log = target.closest?.("pre.log");
  if (!log) return null;
  const below = log.scrollHeight - log.scrollTop;
  const up = target.id.startsWith("earlier");
  return { log, top: log.scrollTop, below, up, end: !up && below - log.clientHeight < 24 };
};

const settle = ({ log, top, below, up, end }) => {
  log.scrollTop = end ? log.scrollHeight : up ? log.scrollHeight - below : top;
};

document.addEventListener("htmx:afterSwap", () => {
  for (const [id, was] of kept) {
    const element = document.getElementById(id);
    if (!element) continue;
    if (element.tagName === "DETAILS") element.open = was.open;
    else element.scrollTop = was.end && element.matches(".log") ? element.scrollHeight : was.top;
  }
  kept = new Map();
  if (within) settle(within);
  within = null;
  const part = focused && document.getElementById(focused.part);
  if (part) {
    alike(part, focused.active)[focused.at]?.focus({ preventScroll: true });
    scrollTo({ top: focused.top, behavior: "instant" });
  }
  focused = null;
  ages();
});

const toEnd = () => {
  for (const log of document.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
  document.querySelector("pre.log > mark")?.scrollIntoView({ block: "center" });
};

/* Relative times grow, and shrink, without asking the server. */
const largest = (seconds) => {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
};

const age = (passed) => {
  const seconds = Math.trunc(passed);
  return seconds > -3 ? `${largest(Math.max(0, seconds))} ago` : `in ${largest(-seconds)}`;
};

const skew = Date.parse(document.body.dataset.now) - Date.now() || 0;

function ages() {
  for (const element of document.querySelectorAll("time[data-age]")) {
    const seconds = (Date.now() + skew - Date.parse(element.dateTime)) / 1000;
    element.textContent = age(seconds);
  }
}

/* On a phone the tabs scroll: the one that is open is in sight. */
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

/* A target can be dragged too, in steps that grow with it; the slider stands under its number. */
for (const field of document.querySelectorAll("input[data-least]")) {
  const slider = document.createElement("input");
  const least = Number(field.dataset.least);
  const steps = Math.log(Number(field.dataset.most) / least);
  const place = () => (slider.value = (1000 * Math.log(Math.max(Number(field.value), least) / least)) / steps);
  slider.type = "range";
  slider.max = 1000;
  slider.setAttribute("aria-label", `${field.labels[0]?.textContent}, by dragging`);
  Object.assign(slider.style, { border: 0, padding: 0, accentColor: "var(--accent)" });
  slider.addEventListener("input", () => {
    field.value = Number((least * Math.exp((steps * slider.value) / 1000)).toPrecision(2));
  });
  field.addEventListener("input", place);
  (field.closest(".with-unit") || field).after(slider);
  place();
}

toEnd();
ages();
setInterval(ages, 5000);
