import type { dynamic } from "@pulumi/pulumi";
import type { Emulator } from "../../emulator";
import { createAccounts } from "../../provider/accounts/accounts";
import { createLifecycle } from "../../provider/lifecycle/lifecycle";
import { createClock } from "../../provider/vcc/clock";
import { canary } from "../end-to-end/secrets";

// One resource under test, driven as the engine does: a new provider process for each operation.

export const operations = ["create", "update", "delete"] as const;
export type Operation = (typeof operations)[number];

export const secrets = {
  clientSecret: canary("client"),
  before: canary("before"),
  after: canary("after"),
};

/** What a program declares before and after the operation. */
const declaration = (token: string) => ({
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: `Bearer ${token}` },
  agentActionsPermitted: { hold: true },
});

/** What VCC may hold for the name. */
export type Held = "nothing" | "before" | "after" | "reset";

export function heldState(emulator: Emulator): Held {
  const [settings] = emulator.registrations();
  if (settings === undefined) return "nothing";
  const authorization = settings.headers?.Authorization;
  if (authorization === undefined) return "reset";
  return authorization.includes(secrets.after) ? "after" : "before";
}

/** What VCC holds once the operation has succeeded. */
export function expectedAfter(operation: Operation): Held {
  return operation === "delete" ? "reset" : "after";
}

export interface Outcome {
  /** `undefined` if it succeeded. */
  error: (Error & { reasons?: string[] }) | undefined;
  /** The lines logged to the terminal. */
  logged: string[];
  /** The elapsed time on the simulated clock, which waits advance. */
  elapsedMs: number;
}

export interface ProcessOptions {
  maxAttempts?: number;
  attemptTimeoutMs?: number;
  random?: () => number;
  environment?: Record<string, string>;
  /** Shared with the emulator if both must use the same time. */
  time?: { nowMs: number };
}

export class Resource {
  private inputs: Record<string, unknown> = {};
  private state: { id: string; outs: Record<string, unknown> } | undefined;

  constructor(private readonly emulator: Emulator) {}

  /** Registers the earlier declaration, unless the operation is a create. */
  async prepare(operation: Operation): Promise<void> {
    if (operation === "create") return;
    const { error } = await this.run("create", {}, secrets.before);
    if (error !== undefined) throw error;
  }

  /** Runs one operation in its own provider process. */
  async run(
    operation: Operation,
    { environment = {}, time = { nowMs: Date.now() }, ...options }: ProcessOptions = {},
    token = secrets.after,
  ): Promise<Outcome> {
    const logged: string[] = [];
    const log = (line: string) => void logged.push(line);
    const startMs = time.nowMs;
    const now = () => time.nowMs;
    // Waits end at once, and advance the clock.
    const sleep = async (ms: number) => {
      const untilMs = time.nowMs + ms;
      // Lets pending responses arrive.
      await new Promise((resolve) => setTimeout(resolve, 5));
      time.nowMs = Math.max(time.nowMs, untilMs);
    };
    const accounts = createAccounts(
      {
        VCC_REGION: "emea",
        VCC_CLIENT_ID: "id",
        VCC_CLIENT_SECRET: secrets.clientSecret,
        VCC_API_URL: this.emulator.apiUrl,
        VCC_AUTH_URL: this.emulator.authUrl,
        ...environment,
      },
      { clock: createClock({ now, sleep, log }), log, ...options },
    );
    const lifecycle = createLifecycle({ accounts, environment: {}, log, now });
    const error = await this.apply(lifecycle, operation, token).catch((error) => error);
    return { error, logged, elapsedMs: time.nowMs - startMs };
  }

  private async apply(
    lifecycle: ReturnType<typeof createLifecycle>,
    operation: Operation,
    token: string,
  ): Promise<undefined> {
    if (operation === "delete") {
      await lifecycle.delete(this.state?.id ?? "", (this.state?.outs ?? {}) as never);
      return;
    }
    const args = { ...declaration(token), __provider: "code" };
    const { inputs } = await lifecycle.check(this.inputs as never, args as never);
    if (inputs === undefined) throw new Error("check rejected the declaration");
    if (operation === "create") {
      const { id, outs } = (await lifecycle.create(inputs)) as dynamic.CreateResult;
      this.state = { id, outs };
    } else {
      const { id = "", outs } = this.state ?? {};
      await lifecycle.update(id, outs as never, inputs);
    }
    this.inputs = { ...inputs };
  }
}
