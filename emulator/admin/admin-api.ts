import * as v from "valibot";
import { Behavior } from "../behavior-schema";
import type { Controls } from "../controls";
import { FaultRule } from "../http/fault-schema";
import { error, json, type Reply } from "../reply";
import { JsonObject, parse } from "../schema";
import type { ProviderSettings } from "../vcc/provider-settings";

/** Method → handler, which receives the body. */
export type Resource = Record<string, (body: string) => Reply | Promise<Reply>>;

const mask = "••••";

/** Name under `/_emulator/` → resource. Each response contains the resource after the request. */
export function createAdminApi(emulator: Controls, onChange: () => void): Map<string, Resource> {
  const faults = () => json(200, emulator.faults());
  const behavior = () => json(200, emulator.behavior);

  return new Map<string, Resource>([
    [
      "registrations",
      {
        async GET() {
          const reports = await emulator.witnesses();
          const registrations = emulator.registrations().map((settings) => {
            const witness = reports.find(({ provider }) => provider === settings.provider);
            return { ...masked(settings), ...(witness && { witness }) };
          });
          return json(200, registrations);
        },
      },
    ],
    ["requests", { GET: () => json(200, emulator.requests()) }],
    ["callbacks", { GET: () => json(200, emulator.callbacks()) }],
    [
      "faults",
      {
        GET: faults,
        POST: (body) =>
          whenValid(FaultRule, body, (rule) => {
            emulator.fail(rule);
            return faults();
          }),
        DELETE() {
          emulator.clearFaults();
          return faults();
        },
      },
    ],
    [
      "behavior",
      {
        GET: behavior,
        PATCH: (body) =>
          whenValid(v.partial(Behavior), body, (switches) => {
            Object.assign(emulator.behavior, switches);
            onChange();
            return behavior();
          }),
      },
    ],
    [
      "reset",
      {
        POST() {
          emulator.reset();
          return { status: 204 };
        },
      },
    ],
  ]);
}

function whenValid<T>(
  schema: v.GenericSchema<object, T>,
  body: string,
  then: (value: T) => Reply,
): Reply {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return error(400, "The body must be JSON");
  }
  const parsed = parse(v.pipe(JsonObject, schema), value);
  return "problem" in parsed ? error(400, parsed.problem) : then(parsed.output);
}

/** Masks header values, and the parts of URLs other than host and path. */
function masked({ endpoint, headers, ...settings }: ProviderSettings): ProviderSettings {
  return {
    ...settings,
    ...(endpoint !== undefined && { endpoint: maskedUrl(endpoint) }),
    ...(headers !== undefined && {
      headers: Object.fromEntries(Object.keys(headers).map((name) => [name, mask])),
    }),
  };
}

function maskedUrl(endpoint: string): string {
  const { protocol, username, password, host, pathname, search, hash } = new URL(endpoint);
  return [
    `${protocol}//`,
    username + password === "" ? "" : `${mask}@`,
    host,
    pathname,
    search === "" ? "" : `?${mask}`,
    hash === "" ? "" : `#${mask}`,
  ].join("");
}
