import { regions } from "../../provider/accounts/settings";
import { unknownValue } from "../../provider/pulumi-values";
import { accepted, acceptedAs, type Case, refused } from "./case";

// Inputs that are wrong, look wrong, or exploit how JavaScript, Pulumi and HTTP treat values. A value
// that must never be in a message contains "canary".

const parsed = (json: string) => JSON.parse(json) as unknown;
/** Pulumi's protocol treats an object with this name as something else, like a secret. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const surrogate = "\ud83d";
class Instance {
  "X-A" = "canary";
}
const hidden = (name: string, value: unknown) => Object.defineProperty({}, name, { value });

const aFunction = "must not be a function";
const marker = "must not be the text that marks unknown values";
const halfPair = "contains half of a surrogate pair";
const plain = "must be a plain object of names and values. Pass Object.fromEntries(…)";

const nameIsNoString = "provider: the name must be a string";
const nameTrimmed = "provider: the name begins or ends with whitespace";
const nameControl = "provider: the name contains a control character";

const provider: Case[] = [
  ...accepted("Crm", "a", "0", "-", "CRM Zürich 客", "a b", "a\u00a0b", "😀", "e\u0301", "\u00e9"),
  ...accepted("null", "undefined", "true", "[object Object]", "NaN", "{}", "[]", '"', "'", "\\"),
  ...accepted("../etc", "a/b", "a?b#c", "%00", "%s%n", "#{jndi:ldap://x}", "'; DROP TABLE x;--"),
  ...accepted("<script>", "&amp;", "$(id)", "`id`", "{{7*7}}", "__proto__", "constructor"),
  ...accepted("\u202eevil", "a\u200bb", "a\u2028b", "\ufffd", "x".repeat(10_000), "toString"),
  ...accepted(unknownValue.toUpperCase(), `${unknownValue}0`, secretSignature),
  ...refused("provider: the name is missing", undefined, null),
  ...refused("provider: the name is empty", ""),
  ...refused(nameTrimmed, " ", " a", "a ", "\u00a0a", "a\ufeff", "\u2003", "a\u2028"),
  ...refused(nameControl, "a\u0000b", "a\tb", "a\nb", "a\rb", "a\u001bb", "a\u007fb", "a\u0085b"),
  ...refused(nameIsNoString, 0, 7, Number.NaN, Number.POSITIVE_INFINITY, true, false, [], ["Crm"]),
  ...refused(nameIsNoString, {}, { a: 1 }, new Map([["a", 1]]), new Date(0), /a/, 10n, Symbol("a")),
  ...refused(nameIsNoString, new String("Crm"), Buffer.from("Crm"), new URL("https://a.example")),
  ...refused(`provider: ${aFunction}`, () => "Crm", String, class {}),
  ...refused(`provider: ${marker}`, unknownValue),
  ...refused(`provider: ${halfPair}`, surrogate, `a${surrogate}`, `${surrogate}a`, "\udc00\ud800"),
  ...refused("VCC accepts at most 100000", "x".repeat(100_000), "😀".repeat(25_000)),
];

const noUrl = "endpoint: must be an absolute https URL";
const spaces = "endpoint: the URL contains whitespace, a control character or a backslash";
const credentials = "endpoint: the URL contains credentials";
const noUrlString = "endpoint: the URL must be a string";

const endpoint: Case[] = [
  ...acceptedAs(undefined, undefined),
  ...accepted("https://crm.example.com", "https://crm.example.com/", "https://a/b/c?d=e&f=g"),
  ...accepted(
    "HTTPS://CRM.EXAMPLE.COM",
    "hTTpS://a",
    "https://a:1",
    "https://a:65535/",
    "https://a.",
  ),
  ...accepted(
    "https://127.0.0.1",
    "https://[::1]/",
    "https://[2001:db8::1]:8443/a",
    "https://0x7f.1",
  ),
  ...accepted(
    "https://xn--mnchen-3ya.de",
    "https://münchen.de/ü?ü",
    "https://a/%00",
    "https://a/%zz",
  ),
  ...accepted(
    "https://a/..",
    "https://a/./b",
    "https://a//b",
    "https://a/?",
    "https://a/'\"<>",
    "https://a:",
  ),
  ...accepted(
    "https://a/b@c",
    "https://a/?u=b:c@d",
    `https://a/${"b".repeat(5000)}`,
    "https://localhost",
  ),
  ...accepted("https://169.254.169.254/latest", `https://a/${unknownValue}`, "https://a/__proto__"),
  ...refused(
    noUrl,
    "",
    " ",
    "a",
    "/vcc",
    "//a/b",
    "crm.example.com",
    "http://a",
    "http://127.0.0.1",
  ),
  ...refused(
    noUrl,
    "ftp://a",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:,a",
    "ws://a",
    "wss://a",
  ),
  ...refused(
    noUrl,
    "https:",
    "https:/",
    "https://",
    "https:///a",
    "https:a",
    "https:/a",
    "https://?a",
  ),
  ...refused(
    noUrl,
    "https://#",
    "https://a b/",
    "https://a:65536",
    "https://a:-1",
    "https://a:b",
    "https://[",
  ),
  ...refused(
    noUrl,
    "https://[::1",
    "https://[g::1]",
    "https://a%00b",
    "https://%",
    "https://1.2.3.4.5.6",
  ),
  ...refused(
    noUrl,
    " https://a",
    "\nhttps://a",
    "https\u200b://a",
    "https://<a>",
    "https://a^b",
    "null",
  ),
  ...refused(
    spaces,
    "https://a/ b",
    "https://a/\nb",
    "https://a/\tb",
    "https://a/\u00a0",
    "https://a\\b",
  ),
  ...refused(
    spaces,
    "https://a/ ",
    "https://a/\u0000",
    "https://a/\u007f",
    "https://a/\u2028",
    "https://a\\@b",
  ),
  ...refused(
    credentials,
    "https://canary@a",
    "https://u:canary@a/",
    "https://:canary@a",
    "https://@a",
  ),
  ...refused(credentials, "https://u:canary@a@b/", "https://%63anary:canary@a"),
  ...refused(
    "endpoint: the URL has a fragment",
    "https://a#",
    "https://a/#canary",
    "https://a/?b#c",
  ),
  ...refused("endpoint: the URL is missing", null),
  ...refused(
    noUrlString,
    0,
    1,
    true,
    false,
    [],
    ["https://a"],
    {},
    new URL("https://a.example/canary"),
  ),
  ...refused(noUrlString, 10n, Symbol("a"), new Map(), new Date(0), { href: "https://a" }),
  ...refused(`endpoint: ${aFunction}`, () => "https://a", URL),
  ...refused(`endpoint: ${marker}`, unknownValue),
  ...refused(`endpoint: ${halfPair}`, `https://a/${surrogate}`, `https://${surrogate}a.example`),
];

const badName = "is not a valid header name (RFC 9110)";
const framing = "VCC's own HTTP client sets this header";
const control = "the value contains a line break or another control character";
const notLatin1 = "the value contains characters that HTTP headers cannot carry";
const trimmed = "the value begins or ends with whitespace";
const notString = "the value must be a string";
const missing = "the value is missing";
const scheme = 'must be "<type> <credentials>"';
const of = (value: unknown) => ({ "X-A": value });

const headers: Case[] = [
  ...acceptedAs(undefined, undefined, {}, Object.create(null)),
  ...accepted(
    { "X-A": "b" },
    { a: "", b: "c" },
    { "X-A": "a\tb" },
    { "X-A": "a  b" },
    of("Zürich"),
  ),
  ...accepted(of('"'), of("\\"), of("null"), of("%0d%0a"), of("\u00ff"), of("\u00a0a")),
  ...accepted(
    of("\\r\\nX-B: c"),
    of("a".repeat(50_000)),
    of("\u0080"),
    of("\u0085"),
    of(`${unknownValue}0`),
  ),
  ...accepted(
    { constructor: "a" },
    { toString: "a" },
    { hasOwnProperty: "a" },
    parsed('{"then":"a"}'),
    { length: "1" },
  ),
  ...accepted(
    { valueOf: "a", isPrototypeOf: "b" },
    { prototype: "a" },
    { __provider: "a" },
    { id: "a", urn: "b" },
  ),
  ...accepted(
    { "!#$%&'*+-.^_`|~0aZ": "a" },
    { "0": "a" },
    { 1: "a", "-1": "b" },
    { [secretSignature]: "a" },
  ),
  ...accepted(
    { Authorization: "Bearer a" },
    { authorization: "Basic QTpC" },
    { AUTHORIZATION: "a  b" },
  ),
  ...accepted(
    { Authorization: 'Digest a="b", c="d"' },
    { Cookie: "a=b" },
    { "Content-Type": "text/plain" },
  ),
  ...accepted(
    Object.fromEntries(new Map([["X-A", "b"]])),
    Object.fromEntries(new Headers({ "x-a": "b" })),
  ),
  ...accepted(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`X-${n}`, `${n}`]))),
  ...refused(
    plain,
    new Map([["X-A", "canary"]]),
    new Map(),
    new Headers({ "X-A": "canary" }),
    new Headers(),
  ),
  ...refused(
    plain,
    new URLSearchParams("a=canary"),
    new Set(["canary"]),
    new WeakMap(),
    new Date(0),
    /canary/,
  ),
  ...refused(plain, new Instance(), new (class extends Map {})(), Buffer.from("canary")),
  ...refused(
    plain,
    [],
    ["canary"],
    [["X-A", "canary"]],
    "canary",
    7,
    true,
    10n,
    Symbol("canary"),
    () => ({}),
  ),
  ...refused(plain, Object.create({ "X-A": "canary" }), { __proto__: { "X-A": "canary" } }),
  ...refused(
    plain,
    hidden("X-A", "canary"),
    { [Symbol("canary")]: "canary" },
    new FormData(),
    new String("a"),
  ),
  ...refused(
    plain,
    Object.create(Object.create(null, { a: { value: "canary" } })),
    new Proxy(new Map(), {}),
  ),
  ...refused("headers: must be an object of header names and values", null),
  ...refused(
    'cannot forward the name "__proto__"',
    parsed('{"__proto__":"canary"}'),
    parsed('{"__proto__":{}}'),
  ),
  ...refused(
    'cannot forward the name "__proto__"',
    { ["__proto__"]: "canary" },
    parsed('{"a":"b","__proto__":0}'),
  ),
  ...refused("cannot forward the name", {
    [signature]: secretSignature,
    value: { "X-A": "canary" },
  }),
  ...refused(
    "cannot forward the name",
    { [signature]: "canary" },
    { [`${surrogate}X-A`]: "canary" },
  ),
  ...refused(
    badName,
    { "": "canary" },
    { " ": "canary" },
    { "X A": "canary" },
    { "X-A ": "canary" },
  ),
  ...refused(
    badName,
    { "X:A": "canary" },
    { "X-A\r\nX-B": "canary" },
    { "X\u0000": "canary" },
    { Ü: "canary" },
  ),
  ...refused(
    badName,
    { "X(A)": "canary" },
    { '"X"': "canary" },
    { "X/A": "canary" },
    { "X[0]": "canary" },
  ),
  ...refused(framing, { Host: "canary" }, { host: "canary" }, { "CONTENT-LENGTH": "0canary" }),
  ...refused(
    framing,
    { "Transfer-Encoding": "canary" },
    { Connection: "canary" },
    { Expect: "100-canary" },
  ),
  ...refused(
    framing,
    { TE: "canary" },
    { Trailer: "canary" },
    { Upgrade: "canary" },
    { "Keep-Alive": "canary" },
  ),
  ...refused(
    "only by case",
    { "X-A": "canary", "x-a": "canary" },
    { Authorization: "a canary", authorization: "a b" },
  ),
  ...refused(
    control,
    of("canary\r\nX-B: c"),
    of("canary\n"),
    of("\u0000canary"),
    of("canary\u007f"),
    of("a\u001bb"),
  ),
  ...refused(
    notLatin1,
    of("canary €"),
    of("canary 客"),
    of("canary 😀"),
    of("canary\u2028"),
    of("\u0100canary"),
  ),
  ...refused("add text around fromEnvironment(name) with secretText", of("canary [object Object]")),
  ...refused(trimmed, of(" canary"), of("canary "), of("\tcanary"), of("canary\t"), of(" ")),
  ...refused(
    notString,
    of(0),
    of(12345678),
    of(Number.NaN),
    of(true),
    of(false),
    of([]),
    of(["canary"]),
    of({}),
  ),
  ...refused(
    notString,
    of({ canary: "canary" }),
    of(new Map()),
    of(new Date(0)),
    of(10n),
    of(Symbol("canary")),
  ),
  ...refused(notString, of(Buffer.from("canary")), of(new String("canary")), of(new Instance())),
  ...refused(
    missing,
    of(undefined),
    of(null),
    { Authorization: undefined },
    { "X-A": "b", "X-B": undefined },
  ),
  ...refused(
    `headers["X-A"]: ${aFunction}`,
    of(() => "canary"),
    of(String),
  ),
  ...refused(`headers["X-A"]: ${marker}`, of(unknownValue), {
    "X-B": "canary",
    "X-A": unknownValue,
  }),
  ...refused(`headers["X-A"]: ${halfPair}`, of(`canary${surrogate}`), of(surrogate)),
  ...refused(
    scheme,
    { Authorization: "canary" },
    { authorization: "" },
    { Authorization: "Bearer " },
  ),
  ...refused(
    scheme,
    { Authorization: "Be(arer canary" },
    { AUTHORIZATION: "canary=" },
    { Authorization: "Ü canary" },
  ),
  ...refused("VCC accepts at most 100000", of("canary".repeat(20_000))),
];

const defaults = { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 };
const all = { release: 1, hold: 1, transferToAgent: 1, transferToRoute: 1 };
const noPermission = "must be true, false, 0 or 1";
const operation = "unknown operation";

const agentActionsPermitted: Case[] = [
  ...acceptedAs(defaults, {}, Object.create(null), { release: true }, { release: 1, hold: 0 }),
  ...acceptedAs(
    defaults,
    { hold: undefined },
    { release: undefined },
    { hold: -0 },
    { hold: false },
  ),
  ...acceptedAs({ ...defaults, release: 0 }, { release: false }, { release: 0 }, { release: -0 }),
  ...acceptedAs({ ...defaults, hold: 1 }, { hold: true }, { hold: 1 }, parsed('{"hold":1.0}')),
  ...acceptedAs(all, { hold: true, transferToAgent: 1, transferToRoute: true }),
  ...acceptedAs({ ...all, release: 0 }, { ...all, release: false }),
  ...refused("agentActionsPermitted: is required", undefined),
  ...refused("agentActionsPermitted: must be an object of operations", null),
  ...refused(
    plain,
    new Map([["hold", true]]),
    new Set(["hold"]),
    new URLSearchParams("hold=1"),
    new Headers(),
  ),
  ...refused(
    plain,
    Object.create({ hold: 1 }),
    { __proto__: { hold: 1 } },
    new Instance(),
    new Date(0),
    () => ({}),
  ),
  ...refused(
    plain,
    [],
    ["hold"],
    [["hold", 1]],
    "hold",
    1,
    true,
    10n,
    Symbol("hold"),
    hidden("hold", 1),
  ),
  ...refused(plain, { [Symbol("hold")]: 1 }, Buffer.from("hold"), /hold/, unknownValue),
  ...refused('cannot forward the name "__proto__"', parsed('{"__proto__":{"hold":1}}'), {
    ["__proto__"]: 1,
  }),
  ...refused('cannot forward the name "__proto__"', parsed('{"hold":0,"__proto__":{"hold":1}}')),
  ...refused("cannot forward the name", { [signature]: secretSignature, value: { hold: 1 } }),
  ...refused(
    "cannot forward the name",
    { [`${surrogate}hold`]: 1 },
    { [`hold${surrogate}`]: true },
  ),
  ...refused(
    operation,
    { Hold: 1 },
    { HOLD: 1 },
    { transfertoagent: 1 },
    { "hold ": 1 },
    { "": 1 },
    { dance: 1 },
  ),
  ...refused(
    operation,
    { constructor: 1 },
    { toString: 1 },
    { hasOwnProperty: true },
    { "transferToAgent\n": 1 },
  ),
  ...refused(
    operation,
    { retrieve: 1 },
    { hold: 1, release: 1, transfer: 1 },
    { "0": "hold" },
    { hоld: 1 },
  ),
  ...refused(
    noPermission,
    { hold: null },
    { hold: "true" },
    { hold: "1" },
    { hold: "" },
    { hold: 2 },
    { hold: -1 },
  ),
  ...refused(
    noPermission,
    { hold: 0.5 },
    { hold: Number.NaN },
    { hold: 1e-9 },
    { hold: Number.POSITIVE_INFINITY },
  ),
  ...refused(
    noPermission,
    { hold: [] },
    { hold: [1] },
    { hold: {} },
    { hold: new Boolean(false) },
    { hold: 1n },
  ),
  ...refused(
    noPermission,
    { hold: new Date(1) },
    { hold: Symbol("a") },
    { hold: { valueOf: 1 } },
    { release: "0" },
  ),
  ...refused(
    `agentActionsPermitted["hold"]: ${aFunction}`,
    { hold: () => true },
    { hold: Boolean },
  ),
  ...refused(`agentActionsPermitted["hold"]: ${marker}`, { hold: unknownValue }),
];

const duration = 'reassertEvery: must be a duration like "12h", "7d" or "2w"';
const durationIsNoString = "reassertEvery: the duration must be a string";

/** No part of the registration: the effect is the one of the other arguments. */
const reassertEvery: Case[] = [
  ...accepted(undefined, "1h", "12h", "24h", "1d", "7d", "365d", "1w", "52w", "8760h"),
  ...refused(
    duration,
    "",
    " ",
    "h",
    "1",
    "0h",
    "00h",
    "01h",
    "-1h",
    "+1h",
    "1.5h",
    "1,5h",
    "1e1h",
    "0x1h",
  ),
  ...refused(
    duration,
    " 1h",
    "1h ",
    "1 h",
    "1h\n",
    "1H",
    "1D",
    "1hr",
    "1hours",
    "1m",
    "1s",
    "1y",
    "1M",
    "12345h",
  ),
  ...refused(
    duration,
    "１h",
    "١d",
    "∞d",
    "NaNd",
    "daily",
    "P1D",
    "1h1d",
    "1d\u0000",
    "1ｄ",
    "null",
  ),
  ...refused(
    "reassertEvery: must be at most 365d",
    "366d",
    "8761h",
    "53w",
    "9999h",
    "9999d",
    "9999w",
  ),
  ...refused("reassertEvery: the duration is missing", null),
  ...refused(
    durationIsNoString,
    1,
    0,
    86400,
    true,
    false,
    [],
    ["1h"],
    {},
    new Date(0),
    10n,
    Symbol("a"),
    new Map(),
  ),
  ...refused(`reassertEvery: ${aFunction}`, () => "1h"),
  ...refused(`reassertEvery: ${marker}`, unknownValue),
  ...refused(`reassertEvery: ${halfPair}`, `1h${surrogate}`),
];

/** Argument → inputs. */
export const argumentsOfRegistration = {
  provider,
  endpoint,
  headers,
  agentActionsPermitted,
  reassertEvery,
};

const withWitness = (witness: unknown) => ({ endpoint: "https://crm.example.com/vcc", witness });
const noWitness = "witness: must be true, a URL, or an object of url and required";
const noWitnessUrl = "must be an absolute https URL (http is allowed for loopback only)";

/** Further arguments of a registration. */
export const furtherArguments: Case[] = [
  ...refused(noWitness, ...[null, 0, 1, Number.NaN].map(withWitness)),
  ...refused(`witness: ${plain}`, ...[[], ["https://a.example"], new Date(0)].map(withWitness)),
  ...refused(`witness: ${plain}`, ...[10n, Symbol("a")].map(withWitness)),
  ...refused(
    `witness: ${noWitnessUrl}`,
    ...["", "true", "canary", "//a.example", "ftp://a.example", "http://a.example"].map(
      withWitness,
    ),
    ...["http://127.0.0.1.evil.example", "http://localhost.evil.example"].map(withWitness),
  ),
  ...refused(
    "witness: the URL contains credentials",
    ...["https://canary@a.example", "http://u:canary@127.0.0.1"].map(withWitness),
  ),
  ...refused("witness: the URL has a fragment", withWitness("https://a.example/#canary")),
  ...refused(
    "witness: the URL contains whitespace",
    ...["https://a.example/canary\n", "https://a.example\\canary"].map(withWitness),
  ),
  ...refused(`witness.url: ${noWitnessUrl}`, withWitness({ url: "canary" })),
  ...refused("witness.url: the URL must be a string", withWitness({ url: 1 })),
  ...refused("witness.required: must be true or false", withWitness({ required: "canary" })),
  ...refused('witness.URL: unknown option; did you mean "url"?', withWitness({ URL: "canary" })),
  ...refused(`witness: ${plain}`, ...[new Map(), new URL("https://a.example")].map(withWitness)),
  ...refused(`witness["url"]: ${aFunction}`, withWitness({ url: () => "canary" })),
  ...refused(`witness["url"]: ${marker}`, withWitness({ url: unknownValue })),
  ...refused(`witness["url"]: ${halfPair}`, withWitness({ url: `canary${surrogate}` })),
  ...refused(
    `witness: ${aFunction}`,
    withWitness(() => true),
  ),
  ...refused(`witness: ${marker}`, withWitness(unknownValue)),
  ...refused("witness: there is no endpoint", { witness: true }, { witness: {} }),
  ...refused(
    "unknown argument",
    { header: { a: "canary" } },
    { headers2: "canary" },
    { Provider: "a" },
  ),
  ...refused(
    "unknown argument",
    { agentactionspermitted: {} },
    { constructor: "a" },
    { toString: "a" },
    { "": 1 },
  ),
  ...refused(
    "unknown argument",
    { id: "emea/Crm" },
    { urn: "a" },
    { __provider: "canary" },
    { fingerprintKey: "a" },
  ),
  ...refused("unknown argument", { region: "nam" }, { drift: "none" }, { hasOwnProperty: 1 }),
  ...refused("there is no account", { account: "a" }, { account: "__proto__" }),
  ...refused("account: the name is empty", { account: "" }),
  ...refused("account: the account must be a string", { account: 1 }, { account: { a: "canary" } }),
  ...refused(
    "unknown argument",
    { header: () => "canary" },
    { header: undefined },
    { registeredAt: null },
  ),
  ...refused("cannot forward the name", parsed('{"__proto__":{"headers":{"a":"canary"}}}'), {
    ["__proto__"]: 1,
  }),
  ...refused(
    "cannot forward the name",
    { [signature]: secretSignature },
    { [`${surrogate}headers`]: { a: "canary" } },
  ),
];

/** What only a program can pass to an account. */
const trimmedSetting = "begins or ends with whitespace";
const noCredential = "contains a line break or a character that is not ASCII";
const url = { absolute: "is not an absolute URL", https: "must use https" };
const wholeNumber = "must be a whole number, 1 or more";
const timeout = 'must be a duration like "90s", "5m" or "1h"';

const credential = [
  ...accepted("a", "canary", "a b", "~!@#$%^&*()", "'\"\\", "x".repeat(4096), "__proto__", "null"),
  ...refused(
    noCredential,
    "can\r\nary",
    "can\u0000ary",
    "canaryü",
    "canary😀",
    "can\tary",
    "canary\u007f",
    "can\u2028ary",
  ),
  ...refused(
    trimmedSetting,
    " canary",
    "canary ",
    "canary\n",
    "\tcanary",
    "\u00a0canary",
    "canary\u2028",
    "\ufeffcanary",
  ),
];
const baseUrl = [
  ...accepted(
    "https://a.example",
    "https://a.example:8443/b",
    "http://127.0.0.1:1",
    "http://[::1]:1/a",
  ),
  ...accepted("http://localhost", "HTTPS://A.EXAMPLE/B", "http://127.9.9.9"),
  ...acceptedAs("https://a.example", "https://a.example/", "https://a.example//"),
  ...refused(
    url.absolute,
    "a",
    "/a",
    "//a.example",
    "https://",
    "https://a b",
    "http://[",
    "a.example",
    ":",
    "https://%",
  ),
  ...refused(
    url.https,
    "http://a.example",
    "http://127.0.0.1.a.example",
    "http://localhost.a.example",
    "http://0.0.0.0",
  ),
  ...refused(
    url.https,
    "ftp://a.example",
    "file:///a",
    "javascript:a",
    "http://[::2]",
    "http://10.0.0.1",
    "ws://localhost",
  ),
  ...refused(
    "must not contain credentials",
    "https://canary@a.example",
    "https://u:canary@a.example",
    "http://:canary@localhost",
  ),
  ...refused(
    "must not have a query or a fragment",
    "https://a.example?a=canary",
    "https://a.example/#canary",
  ),
];

/** Setting → texts, wherever it is set. */
export const settings: Record<string, Case[]> = {
  region: [
    ...accepted(...regions),
    ...refused("is required", ""),
    ...refused(
      'did you mean "emea"?',
      "EMEA",
      "Emea",
      "em",
      "e-m-e-a",
      "emea.evil.example",
      "emea/..",
    ),
    ...refused(trimmedSetting, "emea ", " emea"),
    ...refused("use one of emea, nam, apac", "eu", "us", "us-east-1", "__proto__", "0", "é"),
  ],
  clientId: credential,
  clientSecret: credential,
  accessToken: credential,
  witnessToken: credential,
  apiUrl: baseUrl,
  authUrl: baseUrl,
  clientAuthentication: [
    ...accepted("form", "basic"),
    ...refused('did you mean "form"?', "FORM", "f"),
    ...refused(trimmedSetting, "form "),
    ...refused("use one of form, basic", "post", "none", "__proto__", "client_secret_basic", "0"),
  ],
  maxConcurrency: [
    ...[1, 4, 1000, 999_999_999].flatMap((count) => acceptedAs(count, String(count))),
    ...refused(
      wholeNumber,
      "0",
      "-1",
      "1.5",
      "1e3",
      "0x10",
      "01",
      "+1",
      "١",
      "NaN",
      "Infinity",
      "1000000000",
      "1,0",
    ),
    ...refused(trimmedSetting, " 1", "1 "),
  ],
  deadline: [
    ...acceptedAs(1000, "1s"),
    ...acceptedAs(90_000, "90s"),
    ...acceptedAs(9999 * 3_600_000, "9999h"),
    ...refused(
      timeout,
      "0s",
      "1",
      "s",
      "1d",
      "1w",
      "1ms",
      "1.5m",
      "-1m",
      "1S",
      "1e3s",
      "10000s",
      "PT1M",
      "∞m",
    ),
    ...refused(trimmedSetting, " 1s", "1s "),
  ],
  caFile: [...accepted("ca.pem", "/a/b", "../a", "C:\\a", "a b", "ü.pem", "~/a", "__proto__")],
  reassertEvery: [
    ...accepted("1h", "7d", "52w"),
    ...refused(
      'must be a duration like "12h", "7d" or "2w"',
      "0h",
      "1m",
      "1",
      "h",
      "1H",
      "1.5d",
      "-1d",
      "P1D",
    ),
    ...refused(trimmedSetting, " 1h"),
    ...refused("must be at most 365d", "366d", "53w"),
  ],
};
