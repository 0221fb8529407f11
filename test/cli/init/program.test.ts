import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { declare, secretPlaces } from "../../../cli/init/declarations";
import { programOf } from "../../../cli/init/program";

const hostile = `"'\`\${process.exit(1)}\\ \u2028\n*/ // <!-- 一`;

/** Runs a program without its imports, and returns what it declares. */
function declarationsOf(program: string, secrets: Record<string, string>) {
  const declared: unknown[][] = [];
  class VccProvider {
    constructor(...declaration: unknown[]) {
      declared.push(declaration);
    }
  }
  class Config {
    requireSecret = (key: string) => secrets[key];
  }
  const text = program.replaceAll(/^import .*$/gm, "");
  runInNewContext(text, {
    VccProvider,
    fromEnvironment: (name: string) => secrets[name],
    bearer: (token: string) => `Bearer ${token}`,
    pulumi: { Config },
  });
  return JSON.parse(JSON.stringify(declared));
}

describe("programOf", () => {
  it("writes a program as a person would", () => {
    const { declarations } = declare([
      {
        provider: "CrmIntegration",
        endpoint: "https://crm.example.com/vcc",
        headers: { Authorization: "Bearer abc", "X-Tenant": "acme" },
        permissions: { release: true, hold: false },
      },
    ]);
    expect(programOf(declarations)).toBe(`import * as pulumi from "@pulumi/pulumi";
import { bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();

new VccProvider("crm-integration", {
  provider: "CrmIntegration",
  endpoint: "https://crm.example.com/vcc",
  headers: {
    Authorization: bearer(config.requireSecret("crmIntegrationAuthorization")),
    "X-Tenant": config.requireSecret("crmIntegrationXTenant"),
  },
  agentActionsPermitted: { release: true, hold: false },
});
`);
  });

  it("refers to the environment", () => {
    const headers = { Authorization: "Bearer abc", "X-Tenant": "\0TENANT\0" };
    const { declarations } = declare(
      [{ provider: "Crm", headers, permissions: {} }],
      "environment",
    );
    expect(
      programOf(declarations),
    ).toBe(`import { bearer, fromEnvironment, VccProvider } from "pulumi-vcc";

new VccProvider("crm", {
  provider: "Crm",
  headers: {
    Authorization: bearer(fromEnvironment("CRM_AUTHORIZATION")),
    "X-Tenant": fromEnvironment("TENANT"),
  },
  agentActionsPermitted: {},
});
`);
  });

  it("imports only what it uses", () => {
    const { declarations } = declare([{ provider: "Crm", headers: {}, permissions: {} }]);
    expect(programOf(declarations)).toBe(`import { VccProvider } from "pulumi-vcc";

new VccProvider("crm", {
  provider: "Crm",
  agentActionsPermitted: {},
});
`);
  });

  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant(hostile));
  const body = fc.record({
    provider: text,
    endpoint: fc.oneof(text, fc.constant("https://crm.example.com/?key=secret")),
    headers: fc.dictionary(
      text.filter((name) => name !== "__proto__"),
      fc.oneof(text, fc.constant("Bearer abc")),
    ),
    permissions: fc.constant({ hold: true }),
  });

  it("declares exactly what the bodies say, whatever their texts contain", () => {
    fc.assert(
      fc.property(
        fc.array(body, { maxLength: 3 }),
        fc.constantFrom(...secretPlaces),
        (bodies, place) => {
          const { declarations, secrets } = declare(bodies, place);
          const values = Object.fromEntries(
            secrets.map((secret) => ["key" in secret ? secret.key : secret.variable, secret.value]),
          );
          expect(declarationsOf(programOf(declarations), values)).toEqual(
            bodies.map(({ permissions, headers, ...fields }, index) => [
              declarations[index]?.resource,
              {
                ...fields,
                ...(Object.keys(headers).length > 0 && { headers }),
                agentActionsPermitted: permissions,
              },
            ]),
          );
        },
      ),
    );
  });
});
