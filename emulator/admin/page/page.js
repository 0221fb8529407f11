/** The page of the emulator. It reloads all data after each change. */
import "./controls.js";
import { callbackRow, faultRow, registrationRow, requestRow, timeFormat } from "./rows.js";

/** The maximum number of rows in each table. */
const maxRows = 100;
const byId = (id) => document.getElementById(id);

const newestFirst = (records) => records.slice(-maxRows).reverse();
const sections = [
  { name: "registrations", rowOf: registrationRow, shown: (all) => all },
  { name: "requests", rowOf: requestRow, shown: newestFirst },
  { name: "callbacks", rowOf: callbackRow, shown: newestFirst },
  { name: "faults", rowOf: faultRow, shown: (all) => all },
];
/** Section → JSON. A section without changes is not rendered again, which keeps selected text. */
const texts = new Map();

function show({ name, rowOf, shown }, text) {
  if (texts.get(name) === text) return;
  texts.set(name, text);
  const all = JSON.parse(text);
  const section = byId(name);
  const rows = shown(all).map(rowOf);
  section.querySelector(".rows").replaceChildren(...rows);
  section.querySelector(".empty").hidden = rows.length > 0;
  for (const table of section.querySelectorAll("table")) table.hidden = rows.length === 0;
  const last = rows.length < all.length ? `, showing the last ${rows.length}` : "";
  section.querySelector(".count").textContent = all.length === 0 ? "" : `${all.length}${last}`;
}

let summaryTimer;
/** Waits for a pause, so that screen readers do not announce each of 200 registrations. */
function summarize() {
  clearTimeout(summaryTimer);
  summaryTimer = setTimeout(() => {
    const counts = sections.map(({ name }) => `${name}: ${JSON.parse(texts.get(name)).length}`);
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
  for (const [index, section] of sections.entries()) show(section, loaded[index]);
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

connect();
