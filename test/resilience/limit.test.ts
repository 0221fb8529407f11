import { startEmulator } from "../../emulator";
import { createClock } from "../../provider/vcc/clock";
import { createRegisterClient } from "../../provider/vcc/register-client";

const limit = { requests: 160, windowMs: 60_000 };
const count = 200;

describe("200 registrations against a limit of 160 requests a minute", () => {
  it.each(["seconds", "date", "malformed", "none"] as const)(
    "are all registered, with Retry-After: %s",
    async (retryAfter) => {
      const time = { nowMs: Date.parse("2026-11-22T12:00:00Z") };
      const now = () => time.nowMs;
      const emulator = await startEmulator({
        now,
        behavior: { rateLimit: { ...limit, retryAfter } },
      });
      const logged: string[] = [];
      const clock = createClock({
        now,
        log: (line) => logged.push(line),
        sleep: async (ms) => {
          const untilMs = now() + ms;
          // Lets pending responses arrive.
          await new Promise((resolve) => setTimeout(resolve, 50));
          time.nowMs = Math.max(time.nowMs, untilMs);
        },
      });
      const client = createRegisterClient(
        {
          apiUrl: emulator.apiUrl,
          authUrl: emulator.authUrl,
          clientAuthentication: "form",
          maxConcurrency: 4,
          totalTimeoutMs: 300_000,
        },
        { clientId: "emulator", clientSecret: "emulator-secret" },
        { clock, maxAttempts: 20 },
      );
      try {
        await Promise.all(
          Array.from({ length: count }, (_, n) =>
            client.register({
              provider: `Crm ${n}`,
              agentactionspermitted: {
                release: 1,
                hold: 0,
                transferToAgent: 0,
                transferToRoute: 0,
              },
            }),
          ),
        );
        expect(emulator.registrations()).toHaveLength(count);
        const requests = emulator.requests();
        expect(requests.filter(({ path }) => path.includes("token"))).toHaveLength(1);

        if (retryAfter !== "seconds" && retryAfter !== "date") return;
        // Concurrent requests are rejected together, and then all wait.
        const rejected = requests.filter(({ status }) => status === 429);
        expect(rejected.length).toBeGreaterThan(0);
        expect(rejected.length).toBeLessThanOrEqual(4);
        const heldFrom = rejected[0]?.at ?? "";
        expect(rejected.every(({ at }) => at === heldFrom)).toBe(true);
        const after = requests.filter(({ at }) => at > heldFrom);
        const untilMs = Date.parse("2026-11-22T12:01:00Z");
        expect(after.length).toBeGreaterThan(0);
        expect(after.every(({ at }) => Date.parse(at) >= untilMs)).toBe(true);
        expect(logged).toEqual([expect.stringMatching(/429 Too Many Requests.*; waiting 60 s$/)]);
      } finally {
        await client.close();
        await emulator.close();
      }
    },
  );
});
