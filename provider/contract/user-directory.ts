import { homedir } from "node:os";
import { join } from "node:path";

/** Below `PULUMI_HOME`, which belongs to the user and is cleaned by nobody. */
export function userDirectory(): string {
  return join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "pulumi-vcc");
}
