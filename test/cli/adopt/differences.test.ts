import { compareWithLive, withVariables } from "../../../cli/adopt/differences";
import { findAdoptable } from "../../../cli/adopt/registrations";
import type { Body } from "../../../cli/bodies/bodies";
import { markedSecret } from "../../../cli/pulumi/import-file";
import { declaredRegistration, settings } from "./declarations";

const live: Body = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer canary", "X-Tenant": "acme" },
  permissions: { hold: true },
};

async function compare(inputs: Record<string, unknown>, ...bodies: Body[]) {
  const sources = { configuration: () => undefined, environment: settings, now: Date.now };
  return compareWithLive(await findAdoptable([declaredRegistration({ inputs })], sources), bodies);
}

describe("compareWithLive", () => {
  it("finds no difference in the same registration, with the API's defaults", async () => {
    expect(await compare({}, live)).toEqual({ differences: [], others: [] });
  });

  it("finds each difference, headers by name, and never a value", async () => {
    const inputs = {
      endpoint: "https://crm.example.com/v2?key=canary",
      headers: markedSecret({ Authorization: "Bearer canary-2", "X-New": "canary" }),
      agentActionsPermitted: { release: true, hold: false },
    };
    const { differences } = await compare(inputs, live);
    expect(differences).toEqual([
      `"Crm" (crm): ${[
        "endpoint differs",
        'headers["Authorization"] differs',
        'headers["X-New"] is declared, but not live',
        'headers["X-Tenant"] is live, but not declared',
        "hold is declared as not permitted, and live as permitted",
      ].join(", ")}`,
    ]);
  });

  it("finds a missing endpoint", async () => {
    const { endpoint: _, ...body } = live;
    expect((await compare({}, body)).differences[0]).toContain(
      "endpoint is declared, but not live",
    );
  });

  it("finds a declaration that is not live, and what is live but not declared", async () => {
    expect(await compare({}, { ...live, provider: "Recording" })).toEqual({
      differences: ['"Crm" (crm): it contains no such provider'],
      others: ["Recording"],
    });
    expect((await compare({}, { ...live, provider: "crm" })).differences).toEqual([
      '"Crm" (crm): it contains this name in another case or Unicode normalization only',
    ]);
  });

  it("compares a request with the registration in its region", async () => {
    expect((await compare({}, { ...live, region: "nam" })).differences).toEqual([
      '"Crm" (crm): the request is for nam, and the registration in emea',
    ]);
    const other = { ...live, headers: {}, region: "nam" } as const;
    expect(await compare({}, other, { ...live, region: "emea" })).toEqual({
      differences: [],
      others: [],
    });
  });
});

describe("withVariables", () => {
  const body = {
    ...live,
    endpoint: "\0HOST\0/vcc",
    headers: { Authorization: "Bearer \0TOKEN\0" },
  };

  it("replaces the variables of requests with their values", () => {
    const [found] = withVariables([body], { HOST: "https://a.example.com", TOKEN: "canary" });
    expect(found).toEqual({
      ...body,
      endpoint: "https://a.example.com/vcc",
      headers: { Authorization: "Bearer canary" },
    });
  });

  it("names the variables that are missing", () => {
    expect(() => withVariables([body, body], { HOST: "", TOKEN: "canary" })).toThrow(
      "export HOST with the values of the requests",
    );
  });
});
