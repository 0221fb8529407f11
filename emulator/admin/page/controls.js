/** What the buttons and the form do, which change the emulator. */

const form = document.forms.fault;
const confirmation = document.getElementById("confirm");
const numbers = ["status", "ms", "bytesPerSecond"];

let messageTimer;
function show(text, className = "") {
  clearTimeout(messageTimer);
  Object.assign(document.getElementById("message"), { textContent: text, className });
  // A problem stays. Any other result is also visible in its section.
  if (text !== "" && className === "") messageTimer = setTimeout(show, 10_000, "");
}

/** @param done what to show then: text, or a function of the response's JSON */
async function act(method, resource, body, done) {
  try {
    const response = await fetch(`/_emulator/${resource}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) show((await response.json()).message, "bad");
    else show(typeof done === "string" ? done : done(await response.json()));
  } catch {
    show("The emulator does not respond. Nothing was changed.", "bad");
  }
}

/** Makes VCC assign or release an interaction, and shows what the endpoint responds. */
export function invoke(provider, request) {
  const outcomeOf = ({ notification, status, error }) =>
    `Sent ${notification} to ${provider}: ${status ?? error}.`;
  act("POST", "invoke", { provider, requests: [request] }, (callbacks) =>
    callbacks.map(outcomeOf).join(" "),
  );
}

export const removeFault = (id, text) =>
  act("DELETE", `faults/${id}`, undefined, `Removed: ${text}.`);

const fail = (rule, done) => act("POST", "faults", rule, done);

for (const button of document.querySelectorAll("[data-fault]")) {
  button.addEventListener("click", () => {
    const fault = JSON.parse(button.dataset.fault);
    fail({ target: "api", fault }, `Added: ${button.textContent.trim()}.`);
  });
}

/** Shows the fields of the selected kind. The others are neither validated nor sent. */
function showFields() {
  const { kind } = form.elements;
  document.getElementById("kind-help").textContent = kind.selectedOptions[0].dataset.help;
  for (const label of form.querySelectorAll("[data-kinds]")) {
    const shown = label.dataset.kinds.split(" ").includes(kind.value);
    label.hidden = !shown;
    label.querySelector("input").disabled = !shown;
  }
}

form.elements.kind.addEventListener("change", showFields);
// After a reload, browsers restore the selection.
showFields();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { target, times, retryAfter, ...fault } = Object.fromEntries(new FormData(form));
  for (const name of numbers) if (name in fault) fault[name] = Number(fault[name]);
  if (retryAfter) fault.headers = { "Retry-After": retryAfter };
  fail({ target, times: Number(times), fault }, `Added: ${fault.kind}.`);
});

document.getElementById("clear").addEventListener("click", () => {
  act("DELETE", "faults", undefined, "Cleared all faults.");
});
document.getElementById("reset").addEventListener("click", () => {
  // Escape keeps the previous value.
  confirmation.returnValue = "";
  confirmation.showModal();
});
confirmation.addEventListener("close", () => {
  if (confirmation.returnValue === "reset") act("POST", "reset", undefined, "Reset the emulator.");
});
