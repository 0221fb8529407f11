import { createAccount } from "./account";
import { createClock } from "./clock";
import { createEngineRun } from "./engine-run";
import { createLifecycle } from "./lifecycle";

const tell = (line: string) => void process.stderr.write(`pulumi-vcc: ${line}\n`);

/**
 * What Pulumi's provider process requires, through the code text in the state (`provider-code`).
 * Nothing here may write to stdout: the process announces its port there.
 */
const lifecycle = createLifecycle({
  account: createAccount(process.env, { clock: createClock({ now: Date.now, tell }) }),
  // The engine starts each of its provider processes with its own address.
  engineRun: createEngineRun(process.argv[2] ?? "", Date.now),
  tell,
  now: Date.now,
});

// The shortest that the code text can name.
export = lifecycle;
