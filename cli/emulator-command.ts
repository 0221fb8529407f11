import { Command } from "commander";
import {
  type Behavior,
  type Emulator,
  type FaultRule,
  type RateLimit,
  type RecordedRequest,
  startEmulator,
} from "../emulator";
import {
  faultForms,
  parseFault,
  parseMilliseconds,
  parsePort,
  parseRateLimit,
  parseSwitch,
  readBehavior,
  switchListing,
} from "./emulator-options";
import { notEmpty } from "./options";
import { noProxyExport, shellWord } from "./shell";

/** `pulumi-vcc emulator` runs a local VCC until Ctrl-C. */
export function emulatorCommand(): Command {
  return new Command("emulator")
    .description("run a local VCC on loopback, to try registrations")
    .option("--port <port>", "port on 127.0.0.1; 0 selects a free one", parsePort, 4010)
    .option("--client-id <id>", "the client id to accept", notEmpty, "emulator")
    .option("--client-secret <secret>", "the client secret to accept", notEmpty, "emulator-secret")
    .option(
      "--state <file>",
      "keep registrations, including secrets, in a file across restarts",
      notEmpty,
    )
    .option(
      "--rate-limit <limit>",
      "maximum requests per time window, like 160/60s or 160/60s:date (default: none)",
      parseRateLimit,
    )
    .option("--latency <ms>", "milliseconds before each response (default: 0)", parseMilliseconds)
    .option(
      "--behavior-file <file>",
      "set the switches that pulumi-vcc conformance found; other options override them",
      readBehavior,
    )
    .option("--behavior <name=value>", "set a switch, see below; repeatable", parseSwitch)
    .option(
      "--fault <fault>",
      "make the next requests fail, see below; repeatable, in order",
      parseFault,
    )
    .option(
      "--deliver-to <url>",
      "send callbacks to this host instead of that of each endpoint, like http://127.0.0.1:8080",
      notEmpty,
    )
    .option("--no-admin", "do not serve the page and its API, which are not part of VCC")
    .addHelpText("after", help)
    .action(runEmulator);
}

function help(): string {
  return `
Each switch of --behavior covers something that VCC leaves undocumented:
${switchListing()}

The Retry-After of a 429 contains seconds. Append :date, :malformed or :none to --rate-limit to change it.

A --fault is <target>:<kind>; add xN for the next N requests:
  targets: token, register, invoke, api (register and invoke), any
  kinds: ${faultForms.join(", ")}
  register:lost-response registers, then resets the connection instead of responding;
  token:status:503x2 responds to the next two token requests with 503.`;
}

interface Options {
  port: number;
  clientId: string;
  clientSecret: string;
  deliverTo?: string;
  admin: boolean;
  state?: string;
  rateLimit?: RateLimit;
  latency?: number;
  behaviorFile?: Partial<Behavior>;
  behavior?: Partial<Behavior>;
  fault?: FaultRule[];
}

async function runEmulator(
  { state, rateLimit, latency, behaviorFile, behavior, fault = [], ...options }: Options,
  command: Command,
) {
  const witnessToken = process.env.VCC_WITNESS_TOKEN;
  const emulator = await startEmulator({
    ...options,
    ...(state !== undefined && { stateFile: state }),
    ...(witnessToken && { witnessToken }),
    behavior: {
      ...behaviorFile,
      ...behavior,
      ...(rateLimit !== undefined && { rateLimit }),
      ...(latency !== undefined && { latencyMs: latency }),
    },
    onRequest: (request) => console.log(formatRequest(request)),
  }).catch((error: NodeJS.ErrnoException) =>
    command.error(
      error.code === "EADDRINUSE"
        ? `error: port ${options.port} is in use; choose another one with --port`
        : `error: ${error.message}`,
    ),
  );
  for (const rule of fault) emulator.fail(rule);
  console.log(`A local VCC is listening on ${emulator.url}. Copy these lines into the shell that runs pulumi:

${exportsFor(emulator, options).join("\n")}

${options.admin ? `Open ${emulator.url}/ to watch it and to add faults.\n` : ""}${
  state === undefined
    ? "Registrations are in memory only. Press Ctrl-C to stop."
    : `Registrations and their secrets are kept in ${state}. Press Ctrl-C to stop.`
}

The state of a stack does not record that this is not your account. For the account, run pulumi up in another
terminal, without these variables. Until then, pulumi-vcc drift says "in sync".
`);
  const stop = () => emulator.close();
  process.once("SIGINT", stop).once("SIGTERM", stop);
}

function exportsFor({ url, apiUrl, authUrl }: Emulator, { clientId, clientSecret }: Options) {
  const noProxy = noProxyExport(process.env, new URL(url).port);
  return [
    "export VCC_REGION=emea",
    `export VCC_CLIENT_ID=${shellWord(clientId)}`,
    `export VCC_CLIENT_SECRET=${shellWord(clientSecret)}`,
    `export VCC_API_URL=${apiUrl}`,
    `export VCC_AUTH_URL=${authUrl}`,
    ...(noProxy === undefined ? [] : [noProxy]),
  ];
}

function formatRequest({ method, path, status, provider, fault }: RecordedRequest): string {
  return [
    method,
    path,
    status ?? "no response",
    ...(provider === undefined ? [] : [JSON.stringify(provider)]),
    ...(fault === undefined ? [] : [`(${fault})`]),
  ].join(" ");
}
