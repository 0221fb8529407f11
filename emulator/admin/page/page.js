/** The page of the emulator. It reloads all data after each change. */
import { callbackRow, faultRow, registrationRow, requestRow, timeFormat } from "./rows.js";

/** The maximum number of rows in each table. */
const maxRows = 100;
const byId = (id) => document.getElementById(id);

const newestFirst = (records) => records.slice(-maxRows).reverse();
const sections = [
  { name: "registrations", rowOf: registrationRow, shown: (all) => all.filter(isFound) },
  { name: "requests", rowOf: requestRow, shown: newestFirst },
  { name: "callbacks", rowOf: callbackRow, shown: newestFirst },
  { name: "faults", rowOf: faultRow, shown: (all) => all },
];
/** Section → JSON. */
const texts = new Map();

function isFound({ provider, endpoint }) {
  const searched = byId("search").value.trim().toLowerCase();
  const host = endpoint === undefined ? "" : new URL(endpoint).host;
  return [provider.toLowerCase(), host].some((text) => text.includes(searched));
}

function render({ name, rowOf, shown }) {
  const all = JSON.parse(texts.get(name));
  const section = byId(name);
  const rows = shown(all).map(rowOf);
  keepFocus(section.querySelector(".rows"), rows);
  section.querySelector(".empty").hidden = all.length > 0;
  for (const part of section.querySelectorAll(".scroll, .search")) part.hidden = all.length === 0;
  const count = rows.length < all.length ? `${rows.length} of ${all.length}` : `${all.length}`;
  section.querySelector(".count").textContent = count;
}

/** Replaces rows. The focus stays on its button, or moves to the nearest one. */
function keepFocus(list, rows) {
  const focused = list.contains(document.activeElement) ? document.activeElement : undefined;
  const former = focused?.closest(".rows > *");
  const position = [...list.children].indexOf(former);
  list.replaceChildren(...rows);
  if (focused === undefined) return;
  const row = rows.find(({ key }) => key === former.key) ?? rows[position] ?? rows.at(-1);
  const buttons = [...(row?.querySelectorAll("button") ?? [])];
  const same = buttons.find(({ textContent }) => textContent === focused.textContent);
  (same ?? buttons[0] ?? list.closest("[tabindex]")).focus({ preventScroll: true });
}

let summaryTimer;
/** Waits for a pause, so that screen readers do not announce each of 200 registrations. */
function summarize() {
  clearTimeout(summaryTimer);
  summaryTimer = setTimeout(() => {
    const counts = sections.map(
      ({ name }) => `${name}: ${byId(name).querySelector(".count").textContent}`,
    );
    byId("summary").textContent = counts.join(", ");
  }, 1000);
}

async function load() {
  const loaded = await Promise.all(
    sections.map(async ({ name }) => {
      const response = await fetch(`/_emulator/${name}`);
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return response.text();
    }),
  );
  for (const [index, section] of sections.entries()) {
    // A section without changes is not rendered again, which keeps selected text.
    if (texts.get(section.name) === loaded[index]) continue;
    texts.set(section.name, loaded[index]);
    render(section);
  }
  summarize();
}

let events;
let loading = false;
let outdated = false;

async function refresh() {
  outdated = true;
  if (loading) return;
  loading = true;
  while (outdated) {
    outdated = false;
    const failed = await load().catch(() => true);
    showConnection(!failed && events.readyState === EventSource.OPEN);
    // Limits the refresh rate: a Pulumi run makes many changes per second.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  loading = false;
}

function showConnection(live) {
  const connection = byId("connection");
  const state = live ? "live" : "disconnected";
  if (connection.dataset.state === state) return;
  connection.dataset.state = state;
  connection.textContent = live
    ? "live"
    : `disconnected since ${timeFormat.format(new Date())}, reconnecting`;
  document.body.toggleAttribute("data-stale", !live);
}

function connect() {
  events = new EventSource("/_emulator/events");
  events.addEventListener("open", refresh);
  events.addEventListener("change", refresh);
  events.addEventListener("error", () => {
    showConnection(false);
    // The browser reconnects by itself, unless another server responds on this port.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

byId("search").addEventListener("input", () => {
  render(sections[0]);
  summarize();
});
connect();
