import type { Inputs } from "@pulumi/pulumi";
import * as resource from "@pulumi/pulumi/runtime/resource";
import { serializeResourceProperties, unwrapRpcSecret } from "@pulumi/pulumi/runtime/rpc";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Emulator } from "../../emulator";
import { VccProvider } from "../../provider";
import { createAccounts } from "../../provider/accounts/accounts";
import { createLifecycle } from "../../provider/lifecycle/lifecycle";
import type { Case } from "./case";

const { getStore } = require("@pulumi/pulumi/runtime/state");

type Properties = Record<string, unknown>;

/** What the provider process does, in this process or in another one. */
export interface Provider {
  check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs?: Properties; failures?: Array<{ reason: string }> }>;
  create(inputs: Properties): Promise<unknown>;
}

export const environmentOf = ({ apiUrl, authUrl }: Emulator): Record<string, string> => ({
  VCC_REGION: "emea",
  VCC_CLIENT_ID: "emulator",
  VCC_CLIENT_SECRET: "emulator-secret",
  VCC_API_URL: apiUrl,
  VCC_AUTH_URL: authUrl,
});

/** The provider in this process. */
export function createProvider(
  environment: Record<string, string>,
  configuration: Properties = {},
): Provider {
  const clock = { now: Date.now, waitUntil: async () => {} };
  const accounts = createAccounts(environment, { clock, log: () => {} });
  accounts.configure((key) => configuration[key] as string | undefined);
  const lifecycle = createLifecycle({ accounts, environment: {}, log: () => {}, now: Date.now });
  return lifecycle as unknown as Provider;
}

/**
 * Runs a program that declares one resource, with the SDK's own serialization. Returns what reaches
 * the provider process.
 */
async function forward(declare: () => VccProvider): Promise<Properties> {
  let declared: Inputs = {};
  const register = jest
    .spyOn(resource, "registerResource")
    .mockImplementation((_resource, _parent, _type, _name, _custom, _remote, _create, inputs) => {
      declared = inputs;
    });
  // As the engine announces.
  getStore().supportsSecrets = true;
  try {
    declare();
  } finally {
    register.mockRestore();
  }
  const [serialized] = await serializeResourceProperties("crm", declared);
  const received = Struct.fromJavaScript(serialized).serializeBinary();
  return withoutSecrets(Struct.deserializeBinary(received).toJavaScript()) as Properties;
}

/** The engine passes secrets in clear to the provider process. */
function withoutSecrets(value: unknown): unknown {
  const clear = unwrapRpcSecret(value);
  if (typeof clear !== "object" || clear === null || Array.isArray(clear)) return clear;
  return Object.fromEntries(
    Object.entries(clear).map(([key, inner]) => [key, withoutSecrets(inner)]),
  );
}

/** Declares and creates a registration, as `pulumi up` does. Returns the problems, if any. */
export async function up(args: unknown, provider: Provider): Promise<string[]> {
  try {
    const news = await forward(() => new VccProvider("crm", args as never));
    const { inputs = {}, failures = [] } = await provider.check({}, news);
    if (failures.length > 0) return failures.map(({ reason }) => reason);
    await provider.create(inputs);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Nothing was sent, and an error says why, without a secret. */
export function expectRefusal(emulator: Emulator, problems: string[], refusal: string) {
  expect(problems.join("\n")).toContain(refusal);
  expect(problems.join("\n")).not.toContain("canary");
  expect(emulator.requests()).toEqual([]);
}

/** A registration as `pulumi up` leaves it at VCC: refused, or as declared. */
export async function expectOutcome(
  emulator: Emulator,
  provider: Provider,
  argument: string,
  hostile: Case,
  name = "Crm",
) {
  const { input, refusal } = hostile;
  const declared = { provider: name, agentActionsPermitted: {}, [argument]: input };
  const problems = await up(declared, provider);
  if (refusal !== undefined) return expectRefusal(emulator, problems, refusal);
  expect(problems).toEqual([]);
  const { agentActionsPermitted, ...rest }: Properties = {
    provider: name,
    agentActionsPermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
    ...(argument !== "reassertEvery" && {
      [argument]: "effect" in hostile ? hostile.effect : input,
    }),
  };
  expect(emulator.registrations()).toEqual([
    JSON.parse(JSON.stringify({ ...rest, agentactionspermitted: agentActionsPermitted })),
  ]);
}
