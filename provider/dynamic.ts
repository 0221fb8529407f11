import { createAccounts } from "./accounts/accounts";
import { createProvider } from "./lifecycle/boundary";
import { watchEngine } from "./lifecycle/engine-watch";
import { createLifecycle } from "./lifecycle/lifecycle";
import { reportUnresolvedVariable } from "./secrets/resolve";
import { createClock } from "./vcc/clock";

const log = (line: string) => void process.stderr.write(`pulumi-vcc: ${line}\n`);

// The engine passes its own address to each provider process.
const [, , engineAddress = ""] = process.argv;
// A process that outlives its engine would send what a later operation has already replaced.
const engineWatched = watchEngine(engineAddress, () => process.exit(1));

/**
 * The entry point of Pulumi's provider process: the code in the state requires it
 * (`resource/provider-code`). Nothing here may write to stdout, where the process announces its port.
 */
const provider = createProvider(
  createLifecycle({
    accounts: createAccounts(process.env, {
      clock: createClock({ log }),
      engineWatched,
      log,
    }),
    environment: process.env,
    reportsUnresolved: process.env[reportUnresolvedVariable] === "true",
    log,
    now: Date.now,
  }),
);

// The module itself is the provider, which keeps the code in the state as short as possible.
export const { configure, check, diff, create, update, read } = provider;
const { delete: reset } = provider;

export { reset as delete };
