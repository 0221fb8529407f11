import { parseRegistration } from "../../../provider/lifecycle/arguments";
import { unknownValue } from "../../../provider/pulumi-values";
import {
  hasWitness,
  identified,
  isWitnessRequired,
  witnessUrl,
} from "../../../provider/witness/argument";

const args = {
  provider: "Crm",
  endpoint: "https://crm.example.com/a/b?tenant=1",
  agentActionsPermitted: {},
};

function problemsOf(changes: object): string[] {
  const result = parseRegistration({ ...args, ...changes });
  return "problems" in result ? result.problems : [];
}

describe("the argument witness", () => {
  it.each<[unknown, string | undefined]>([
    [undefined, undefined],
    [false, undefined],
    [true, "https://crm.example.com/.well-known/vcc-registration"],
    [{}, "https://crm.example.com/.well-known/vcc-registration"],
    [{ required: true }, "https://crm.example.com/.well-known/vcc-registration"],
    ["https://witness.example.com/crm?stage=prod", "https://witness.example.com/crm?stage=prod"],
    [{ url: "http://127.0.0.1:8080/w" }, "http://127.0.0.1:8080/w"],
  ])("%j asks %s", (witness, url) => {
    expect(problemsOf({ witness })).toEqual([]);
    const registration = { ...args, witness: witness as never };
    expect(witnessUrl(registration)).toBe(url);
    expect(hasWitness(registration)).toBe(url !== undefined);
  });

  it.each<[unknown, string]>([
    [null, "witness: must be true, a URL, or an object of url and required"],
    [1, "witness: must be true, a URL, or an object of url and required"],
    [
      "crm.example.com",
      "witness: must be an absolute https URL (http is allowed for loopback only)",
    ],
    [
      "http://crm.example.com/",
      "witness: must be an absolute https URL (http is allowed for loopback only)",
    ],
    [
      "https://user:canary@crm.example.com/",
      "witness: the URL contains credentials: put them into an Authorization header",
    ],
    ["https://crm.example.com/#canary", "witness: the URL has a fragment, which HTTP never sends"],
    [
      { url: "canary" },
      "witness.url: must be an absolute https URL (http is allowed for loopback only)",
    ],
    [{ required: "canary" }, "witness.required: must be true or false"],
    [{ URL: "canary" }, 'witness.URL: unknown option; did you mean "url"?'],
  ])("must not be %j", (witness, problem) => {
    expect(problemsOf({ witness })).toEqual([problem]);
  });

  it.each([unknownValue, { url: unknownValue }, { url: unknownValue, required: true }])(
    "may be unknown in a preview: %j",
    (witness) => {
      expect(problemsOf({ witness })).toEqual([]);
      expect(witnessUrl({ ...args, witness })).toBeUndefined();
    },
  );

  it("does not know its URL while the endpoint is unknown", () => {
    expect(witnessUrl({ endpoint: unknownValue, witness: true })).toBeUndefined();
  });

  it("needs an endpoint", () => {
    expect(problemsOf({ witness: true, endpoint: undefined })).toEqual([
      "witness: there is no endpoint, and so no notification that a witness could see",
    ]);
    expect(problemsOf({ witness: false, endpoint: undefined })).toEqual([]);
  });

  it("needs its header for itself", () => {
    const headers = { "x-vcc-REGISTRATION": "canary" };
    expect(problemsOf({ witness: true, headers })).toEqual([
      'headers["x-vcc-REGISTRATION"]: the witness needs this header for itself',
    ]);
    expect(problemsOf({ headers })).toEqual([]);
  });

  it("counts towards the size of the body", () => {
    const headers = { "X-Padding": "x".repeat(99_800) };
    expect(problemsOf({ headers })).toEqual([]);
    expect(problemsOf({ headers, witness: true })).toEqual([
      expect.stringMatching(/^the registration has 100\d{3} bytes/),
    ]);
  });

  it("is required only if it says so", () => {
    expect(isWitnessRequired({ witness: { required: true } })).toBe(true);
    for (const witness of [true, "https://w.example/", {}, { required: false }, undefined]) {
      expect(isWitnessRequired({ witness })).toBe(false);
    }
  });
});

it("an identified registration has one more header", () => {
  const settings = { provider: "Crm", agentactionspermitted: {} as never };
  expect(identified(settings, "0123456789ab")).toEqual({
    ...settings,
    headers: { "X-Vcc-Registration": "0123456789ab" },
  });
  const headers = { Authorization: "Bearer t" };
  expect(identified({ ...settings, headers }, "0123456789ab").headers).toEqual({
    Authorization: "Bearer t",
    "X-Vcc-Registration": "0123456789ab",
  });
});
