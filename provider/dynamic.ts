import { createAccount } from "./account";
import { createEngineRun } from "./engine-run";
import { createLifecycle } from "./lifecycle";

/**
 * What Pulumi's provider process requires, through the code text in the state (`provider-code`).
 * Nothing here may write to stdout: the process announces its port there.
 */
export const lifecycle = createLifecycle({
  account: createAccount(process.env, Date.now),
  // The engine starts each of its provider processes with its own address.
  engineRun: createEngineRun(process.argv[2] ?? "", Date.now),
  tell: (line) => process.stderr.write(`pulumi-vcc: ${line}\n`),
  now: Date.now,
});
