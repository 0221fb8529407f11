/** The rows of registrations, requests, callbacks and faults. */

export const timeFormat = new Intl.DateTimeFormat([], { timeStyle: "medium", hourCycle: "h23" });

/** Strings become text, never HTML: the names are untrusted. */
function element(tag, properties, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children.filter((child) => child !== undefined));
  return created;
}

const detail = (content, className = "") =>
  element("span", { className: `detail ${className}` }, ...[content].flat());
/** Lets narrow windows break paths between their segments. */
const breakable = (path) => path.split(/(?<=\/)(?=[^/])/).flatMap((part) => [element("wbr"), part]);
const timeCell = ({ at }) =>
  element("td", {}, element("time", { dateTime: at, title: at }, timeFormat.format(new Date(at))));

function statusCell(status, problem = "no response") {
  if (status === null) return element("td", { className: "bad" }, problem);
  const className = status < 300 ? "good" : status < 500 ? "warn" : "bad";
  return element("td", { className }, String(status));
}

function permissionsText(permissions) {
  const names = Object.keys(permissions);
  const may = names.filter((name) => permissions[name] === 1).join(", ");
  const mayNot = names.filter((name) => permissions[name] !== 1).join(", ");
  const texts = [may && `agents may: ${may}`, mayNot && `agents may not: ${mayNot}`];
  return texts.filter(Boolean).join("; ") || "no permissions for agents";
}

const witnessTexts = {
  "in use": "the last notification carried this registration",
  other: "the last notification carried another registration",
  "nothing yet": "no notification yet",
  unreachable: "unreachable",
};

function witnessDetail({ says, at }) {
  const seen = at === null ? "" : ` (${timeFormat.format(new Date(at))})`;
  const className = says === "in use" ? "good" : says === "nothing yet" ? "" : "warn";
  return detail(`witness: ${witnessTexts[says]}${seen}`, className);
}

export function registrationRow(registration) {
  const { provider, endpoint, headers = {}, agentactionspermitted = {}, witness } = registration;
  const headerTexts = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return element(
    "li",
    {},
    element("span", { className: "name" }, provider),
    detail(breakable(endpoint ?? "no endpoint")),
    detail(headerTexts.length > 0 ? headerTexts.join(", ") : "no headers"),
    detail(permissionsText(agentactionspermitted)),
    witness === undefined ? undefined : witnessDetail(witness),
  );
}

export function requestRow({ at, method, path, status, durationMs, provider, fault }) {
  return element(
    "tr",
    {},
    timeCell({ at }),
    element(
      "td",
      {},
      `${method} `,
      ...breakable(path),
      provider === undefined ? undefined : detail(provider),
      fault === undefined ? undefined : detail(`fault: ${fault}`, "warn"),
    ),
    statusCell(status),
    element("td", { className: "number" }, String(durationMs)),
  );
}

export function callbackRow({ at, provider, notification, url, status, error }) {
  return element(
    "tr",
    {},
    timeCell({ at }),
    element("td", {}, notification, detail(provider), detail(breakable(url))),
    statusCell(status, error),
  );
}

function faultText({ kind, headers = {}, ...values }) {
  // A body can be long.
  const valueTexts = Object.entries(values).map(([name, value]) => `${name} ${value}`.slice(0, 80));
  const headerTexts = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [...(kind === "status" ? [] : [kind]), ...valueTexts, ...headerTexts].join(", ");
}

function targetText(target) {
  return document.forms.fault.elements.target.querySelector(`[value="${target}"]`).label;
}

export function faultRow({ target, times, fault }) {
  return element(
    "li",
    {},
    element("span", { className: "name warn" }, faultText(fault)),
    detail(`${targetText(target)}, ${times === 1 ? "once" : `${times} times`}`),
  );
}
