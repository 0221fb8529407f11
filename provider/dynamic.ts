import { createLifecycle } from "./lifecycle";

/**
 * What Pulumi's provider process requires, through the code text in the state (`provider-code`).
 * Nothing here may write to stdout: the process announces its port there.
 */
export const lifecycle = createLifecycle({
  environment: process.env,
  tell: (line) => process.stderr.write(`pulumi-vcc: ${line}\n`),
});
