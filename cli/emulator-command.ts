import { Command } from "commander";
import {
  type Behaviour,
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
  switchListing,
} from "./emulator-options";
import { noProxyExport } from "./no-proxy";
import { notEmpty } from "./not-empty";
import { shellWord } from "./shell-word";

/** `pulumi-vcc emulator`: a local VCC until it is stopped with Ctrl-C. */
export function emulatorCommand(): Command {
  return new Command("emulator")
    .description("run a local VCC, on loopback only, to try registrations against")
    .option("--port <port>", "port on 127.0.0.1; 0 takes any that is free", parsePort, 4010)
    .option("--client-id <id>", "the client id to accept", "emulator")
    .option("--client-secret <secret>", "the client secret to accept", "emulator-secret")
    .option(
      "--state <file>",
      "keep registrations, secrets included, in a file across restarts",
      notEmpty,
    )
    .option(
      "--rate-limit <limit>",
      "requests per time, like 160/60s or 160/60s:date",
      parseRateLimit,
    )
    .option("--latency <ms>", "milliseconds before each answer", parseMilliseconds, 0)
    .option("--behaviour <name=value>", "a switch, see below; repeatable", parseSwitch)
    .option("--fault <fault>", "what goes wrong next, see below; repeatable, in order", parseFault)
    .option("--no-admin", "without the page and the API behind it, which are no part of VCC")
    .addHelpText("after", help)
    .action(runEmulator);
}

function help(): string {
  return `
Each switch of --behaviour is something that VCC leaves undocumented:
${switchListing()}

After a rate limit, Retry-After holds seconds (default), or: 160/60s:date, :malformed, :none.

A --fault is <target>:<kind>, with xN at its end for the next N requests:
  targets: token, register, invoke, api (register and invoke), any
  kinds: ${faultForms.join(", ")}
  register:lost-answer registers, and resets the connection instead of an answer;
  token:status:503x2 answers the next two token requests with 503.`;
}

interface Options {
  port: number;
  clientId: string;
  clientSecret: string;
  state?: string;
  rateLimit?: RateLimit;
  latency: number;
  behaviour?: Partial<Behaviour>;
  fault?: FaultRule[];
  admin: boolean;
}

async function runEmulator(options: Options, command: Command) {
  const {
    port,
    clientId,
    clientSecret,
    state,
    rateLimit = null,
    latency,
    fault = [],
    admin,
  } = options;
  const emulator = await startEmulator({
    port,
    clientId,
    clientSecret,
    ...(state !== undefined && { stateFile: state }),
    admin,
    behaviour: { ...options.behaviour, rateLimit, latencyMs: latency },
    onRequest: (request) => console.log(lineOf(request)),
  }).catch((error: NodeJS.ErrnoException) =>
    command.error(
      error.code === "EADDRINUSE"
        ? `error: port ${port} is in use; choose another with --port`
        : `error: ${error.message}`,
    ),
  );
  for (const rule of fault) emulator.fail(rule);
  console.log(`A local VCC is listening on ${emulator.url}. Copy this into the shell that runs pulumi:

${exportsFor(emulator, options).join("\n")}

${admin ? `Look at it, and let it fail, on ${emulator.url}/\n` : ""}${
  state === undefined
    ? "Registrations are gone when it stops; stop it with Ctrl-C."
    : `Registrations, with their secrets, stay in ${state}; stop it with Ctrl-C.`
}
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

function lineOf({ method, path, status, provider, fault }: RecordedRequest): string {
  return [
    method,
    path,
    status ?? "no answer",
    ...(provider === undefined ? [] : [JSON.stringify(provider)]),
    ...(fault === undefined ? [] : [`(${fault})`]),
  ].join(" ");
}
