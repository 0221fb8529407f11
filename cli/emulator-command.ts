import { Command, InvalidArgumentError } from "commander";
import { startEmulator } from "../emulator";
import { shellWord } from "./shell-word";

/** `pulumi-vcc emulator`: a local VCC until it is stopped with Ctrl-C. */
export function emulatorCommand(): Command {
  return new Command("emulator")
    .description("run a local VCC, in memory and on loopback only, to try registrations against")
    .option("--port <port>", "port on 127.0.0.1; 0 takes any that is free", parsePort, 4010)
    .option("--client-id <id>", "the client id to accept", "emulator")
    .option("--client-secret <secret>", "the client secret to accept", "emulator-secret")
    .action(runEmulator);
}

interface Options {
  port: number;
  clientId: string;
  clientSecret: string;
}

async function runEmulator({ port, clientId, clientSecret }: Options, command: Command) {
  const emulator = await startEmulator({
    port,
    clientId,
    clientSecret,
    onRequest: ({ method, path, status, provider }) => {
      console.log(
        `${method} ${path} ${status}${provider === undefined ? "" : ` ${JSON.stringify(provider)}`}`,
      );
    },
  }).catch((error: NodeJS.ErrnoException) =>
    command.error(
      error.code === "EADDRINUSE"
        ? `error: port ${port} is in use; choose another with --port`
        : `error: ${error.message}`,
    ),
  );
  console.log(`A local VCC is listening on ${emulator.url}. Copy this into the shell that runs pulumi:

export VCC_REGION=emea
export VCC_CLIENT_ID=${shellWord(clientId)}
export VCC_CLIENT_SECRET=${shellWord(clientSecret)}
export VCC_API_URL=${emulator.apiUrl}
export VCC_AUTH_URL=${emulator.authUrl}

Registrations are gone when it stops; stop it with Ctrl-C.
`);
  const stop = () => emulator.close();
  process.once("SIGINT", stop).once("SIGTERM", stop);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("a port is a number from 0 to 65535.");
  }
  return port;
}
