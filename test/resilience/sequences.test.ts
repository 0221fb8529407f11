import fc from "fast-check";
import { type Emulator, startEmulator } from "../../emulator";
import { formsOf } from "../end-to-end/secrets";
import { faultsFor } from "./faults";
import { expectedAfter, heldState, operations, Resource, secrets } from "./resource";

const maxAttempts = 3;
const deadlineS = 60;
const options = {
  maxAttempts,
  attemptTimeoutMs: 100,
  environment: { VCC_DEADLINE: `${deadlineS}s` },
};

describe("any sequence of faults", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ clientId: "id", clientSecret: secrets.clientSecret });
  });
  afterAll(() => emulator.close());

  it("respects the number of attempts and the deadline, hides secrets, and reports no false success", async () => {
    const count = faultsFor("create", "token").length;
    const rule = fc.record({
      index: fc.nat(count - 1),
      target: fc.constantFrom("token", "register"),
      times: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(rule, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...operations),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (rules, operation, random) => {
          emulator.reset();
          const resource = new Resource(emulator);
          await resource.prepare(operation);
          const before = heldState(emulator);
          const requestsBefore = emulator.requests().length;
          for (const { index, target, times } of rules) {
            const { fault } = faultsFor(operation, target)[index] ?? {};
            if (fault !== undefined) emulator.fail({ fault, target, times });
          }

          const outcome = await resource.run(operation, { ...options, random: () => random });
          const { error, logged, elapsedMs } = outcome;
          const held = heldState(emulator);
          const sent = emulator.requests().slice(requestsBefore);
          const tokenRequests = sent.filter(({ path }) => path.includes("token")).length;

          expect(tokenRequests).toBeLessThanOrEqual(maxAttempts + 1);
          expect(sent.length - tokenRequests).toBeLessThanOrEqual(maxAttempts + 1);
          expect(elapsedMs).toBeLessThanOrEqual(deadlineS * 1000);
          if (error === undefined) expect(held).toBe(expectedAfter(operation));
          else if (!/may still have accepted/.test(error.message)) expect(held).toBe(before);
          const output = [error?.message, error?.stack, ...logged].join("\n");
          for (const form of Object.values(secrets).flatMap(formsOf)) {
            expect(output).not.toContain(form);
          }
        },
      ),
      { numRuns: 150 },
    );
  }, 300_000);
});
