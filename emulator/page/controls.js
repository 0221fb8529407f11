/** The buttons and the form: what changes the emulator. */

const form = document.forms.fault;
const confirmation = document.getElementById("confirm");
const numbers = ["status", "ms", "bytesPerSecond"];

async function act(method, resource, body, done) {
  const said = document.getElementById("said");
  said.className = "";
  try {
    const response = await fetch(`/_emulator/${resource}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.ok) {
      said.textContent = done;
      return;
    }
    said.textContent = (await response.json()).message;
  } catch {
    said.textContent = "The emulator does not answer; nothing was changed.";
  }
  said.className = "bad";
}

const fail = (rule, done) => act("POST", "faults", rule, done);

for (const button of document.querySelectorAll("[data-fault]")) {
  button.addEventListener("click", () => {
    const fault = JSON.parse(button.dataset.fault);
    fail({ target: "api", fault }, `Added: ${button.textContent.trim()}.`);
  });
}

/** Shows the fields of the chosen kind; the others are neither checked nor sent. */
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
// Browsers restore what was chosen before a reload.
showFields();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { target, times, retryAfter, ...fault } = Object.fromEntries(new FormData(form));
  for (const name of numbers) if (name in fault) fault[name] = Number(fault[name]);
  if (retryAfter) fault.headers = { "Retry-After": retryAfter };
  fail({ target, times: Number(times), fault }, `Added: ${fault.kind}.`);
});

document.getElementById("clear").addEventListener("click", () => {
  act("DELETE", "faults", undefined, "No faults are to come.");
});
document.getElementById("reset").addEventListener("click", () => {
  // Escape leaves the value of the last time.
  confirmation.returnValue = "";
  confirmation.showModal();
});
confirmation.addEventListener("close", () => {
  if (confirmation.returnValue === "reset")
    act("POST", "reset", undefined, "All is as at the start.");
});
