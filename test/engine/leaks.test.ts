import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { bearer, VccProvider } from "../../provider";
import { createPlaces } from "../end-to-end/places";
import { environmentOf } from "../end-to-end/project";
import { escapedCanary, fingerprintKeys } from "../end-to-end/secrets";
import { engineScene } from "./scene";

/** A transform of an inline program makes Pulumi forget secrets, although it changes nothing. */
const unchanged: pulumi.ResourceTransform = async ({ props, opts }) => ({ props, opts });
const withoutOptions: pulumi.ResourceTransform = async ({ props }) => ({ props, opts: {} });
const unsecret: pulumi.ResourceTransformation = ({ props, opts }) => ({
  props: Object.fromEntries(
    Object.entries(props).map(([key, value]) => [
      key,
      value === undefined ? value : pulumi.unsecret(pulumi.output(value)),
    ]),
  ),
  opts,
});

type Resource = (name: string, options: pulumi.CustomResourceOptions, unsecret?: true) => void;

/** What may make Pulumi forget secrets between the program and the engine. */
const programs: Record<string, (declare: Resource) => void> = {
  "transforms of resources, hooks and unsecret arguments"(declare) {
    const hook = (name: string) => new pulumi.ResourceHook(name, async () => {});
    declare("hooks", {
      hooks: {
        beforeCreate: [hook("beforeCreate")],
        afterCreate: [hook("afterCreate")],
        beforeUpdate: [hook("beforeUpdate")],
        afterUpdate: [hook("afterUpdate")],
      },
    });
    declare("unsecret-arguments", {}, true);
    const transforms = [unchanged];
    const parent = new pulumi.ComponentResource("test:index:Component", "c", {}, { transforms });
    declare("of-a-component", { parent });
    declare("of-the-resource", { transforms: [withoutOptions] });
    declare("ignored", { transforms, ignoreChanges: ["headers", "endpoint"] });
    declare("all-ignored", { transforms, ignoreChanges: ["*"] });
  },
  "a global transform"(declare) {
    pulumi.runtime.registerResourceTransform(unchanged);
    declare("global", {});
  },
  "unsecret in a stack transformation"(declare) {
    pulumi.runtime.registerStackTransformation(unsecret);
    declare("unsecret", {});
    declare("unsecret-and-transform", { transforms: [unchanged] });
  },
};

describe("secrets", () => {
  const scene = engineScene();

  it.each(Object.entries(programs))("stay encrypted: %s", async (_case, program) => {
    const { emulator, project, credentials } = scene;
    const { directory, stack } = project;
    const secrets: Record<string, string> = { "client secret": credentials.clientSecret };
    const places = createPlaces();
    let round = 0;

    function declare(name: string, options: pulumi.CustomResourceOptions, isUnsecret?: true) {
      const secret = (kind: string) => {
        const key = `${kind} of ${name} in round ${round}`;
        secrets[key] ??= escapedCanary(kind, kind === "header" ? `"\\/&<>'+%=;` : "");
        return pulumi.secret(secrets[key]);
      };
      const url = (kind: string) =>
        isUnsecret
          ? "https://crm.example.com"
          : secret(kind).apply((value) => `https://${name}.example.com/?key=${value}`);
      const headers = { Authorization: bearer(secret("token")), "X-Key": secret("header") };
      const args = { provider: name, endpoint: url("endpoint") };
      const registration = new VccProvider(
        name,
        {
          ...args,
          headers: isUnsecret ? pulumi.unsecret(pulumi.output(headers)) : headers,
          agentActionsPermitted: {},
          witness: isUnsecret ? false : { url: url("witness") },
        },
        options,
      );
      VccProvider.fromSettings(
        `${name}-body`,
        { ...args, provider: `${name}-body`, headers },
        options,
      );
      outputs[name] = pulumi.output({ headers: registration.headers, url: registration.endpoint });
    }

    const outputs: Record<string, pulumi.Output<object>> = {};
    project.declare(async () => {
      program(declare);
      return outputs;
    });
    project.setEnvironment({ ...environmentOf(emulator), VCC_CLIENT_ID: credentials.clientId });
    const { clientSecret } = credentials;
    await stack.setConfig("vcc:clientSecret", { value: clientSecret, secret: true });
    const plan = (): string => join(directory, `plan-${round}.json`);
    const onEvent = (event: EngineEvent) => {
      // Debug messages of Pulumi's SDK contain outputs; docs/how-it-works.md says so.
      if (event.diagnosticEvent === undefined) {
        places.add("stdout of Pulumi", "event", JSON.stringify(event));
      }
    };
    await stack.preview({ plan: plan(), diff: true, onEvent });
    await stack.up({ plan: plan(), onEvent });
    await stack.up({ expectNoChanges: true, onEvent });
    await stack.refresh({ expectNoChanges: true, onEvent });
    const registrations = emulator.registrations();
    round = 1;
    await stack.preview({ plan: plan(), diff: true, onEvent });
    await stack.up({ plan: plan(), onEvent });
    const keys = await fingerprintKeys(stack);
    places.addFiles(directory);
    await stack.destroy({ onEvent });

    expect(registrations.every(({ headers }) => headers?.Authorization?.includes("token-"))).toBe(
      true,
    );
    expect(keys).toHaveLength(registrations.length);
    for (const [index, key] of keys.entries()) secrets[`fingerprint key ${index}`] = key;
    places.addFiles(directory);
    places.add("stdout of Pulumi", "output", project.output());
    for (const place of [
      "state",
      "backups of the state",
      "history",
      "plans",
      "stdout of Pulumi",
    ] as const) {
      expect(places.size(place)).toBeGreaterThan(0);
      expect(places.search(place, secrets)).toEqual([]);
    }
  });
});
