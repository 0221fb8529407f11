/** The rows of registrations, requests, callbacks and faults. */
import { invoke, removeFault } from "./controls.js";

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

/** @param label its accessible name, which begins with the text */
const button = (text, label, onclick) =>
  element("button", { type: "button", ariaLabel: label, onclick }, text);

const statusClass = (status) =>
  status === null || status >= 500 ? "bad" : status < 300 ? "good" : "warn";
const statusCell = (status, problem = "no response") =>
  element("td", { className: statusClass(status) }, String(status ?? problem));

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

const callbackDetail = ({ at, notification, status, error }) =>
  detail(
    `${notification}: ${status ?? error} (${timeFormat.format(new Date(at))})`,
    statusClass(status),
  );

/** The least powerful registration, which replaces a deleted one. */
function isReset({ endpoint, headers = {}, agentactionspermitted = {} }) {
  const { release, ...others } = agentactionspermitted;
  return (
    endpoint === undefined &&
    Object.keys(headers).length === 0 &&
    release === 1 &&
    Object.values(others).every((permitted) => permitted === 0)
  );
}

function notificationButtons({ provider, assigned: externalid }) {
  const assign = () => invoke(provider, { route: "page" });
  const release = () => invoke(provider, { action: "release", externalid });
  return element(
    "div",
    { className: "buttons" },
    button("Send AssignToAgent", `Send AssignToAgent to ${provider}`, assign),
    externalid === undefined
      ? undefined
      : button("Send Release", `Send Release of ${externalid} to ${provider}`, release),
  );
}

export function registrationRow(registration) {
  const { provider, endpoint, headers = {}, agentactionspermitted = {} } = registration;
  const { witness, callback } = registration;
  const headerTexts = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return element(
    "li",
    { key: provider },
    element("span", { className: "name" }, provider),
    " ",
    isReset(registration) ? element("span", { className: "tag" }, "reset") : undefined,
    detail(breakable(endpoint ?? "no endpoint")),
    detail(headerTexts.length > 0 ? headerTexts.join(", ") : "no headers"),
    detail(permissionsText(agentactionspermitted)),
    witness === undefined ? undefined : witnessDetail(witness),
    callback === undefined ? undefined : callbackDetail(callback),
    endpoint === undefined ? undefined : notificationButtons(registration),
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

export function callbackRow({ at, provider, notification, objectid, url, status, error }) {
  return element(
    "tr",
    {},
    timeCell({ at }),
    element("td", {}, notification, detail(provider), detail(objectid), detail(breakable(url))),
    statusCell(status, error),
  );
}

function faultText({ kind, headers = {}, ...values }) {
  // A body can be long.
  const valueTexts = Object.entries(values).map(([name, value]) => `${name} ${value}`.slice(0, 80));
  const headerTexts = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [...(kind === "status" ? [] : [kind]), ...valueTexts, ...headerTexts].join(", ");
}

export function faultRow({ id, target, times, fault }) {
  const text = faultText(fault);
  return element(
    "li",
    { key: id },
    element("span", { className: "name warn" }, text),
    button("Remove", `Remove ${text}`, () => removeFault(id, text)),
    detail(`${target}, ${times === 1 ? "once" : `${times} times`}`),
  );
}
