import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { count } from "../counts";
import { createModelEngine } from "../model/model-engine";
import { type SharedProcesses, startOwnProcesses, startSharedProcesses } from "../model/processes";
import { runSteps } from "../model/run";
import { type FaultName, faults, shortFaults, steps } from "../model/step";
import { startVcc, type Vcc } from "../model/vcc";

const seed = Number(process.env.PULUMI_VCC_MODEL_SEED ?? Date.now() % 2 ** 31);
const minSteps = Number(process.env.PULUMI_VCC_MODEL_STEPS ?? 5000);
const nameCase = fc.constantFrom("sensitive", "insensitive");

describe("any sequence of programs, operations, faults and crashes", () => {
  let vcc: Vcc;
  beforeAll(async () => {
    vcc = await startVcc();
  });
  afterAll(() => vcc.close());

  it("ends with what the program declares", async () => {
    const processes: SharedProcesses = await startSharedProcesses(vcc);
    let taken = 0;
    try {
      const property = fc.asyncProperty(
        steps({ faults: Object.keys(faults) as FaultName[], crashes: true, operations: 10 }),
        nameCase,
        async (sequence, nameCase) => {
          const engine = createModelEngine(vcc, processes.start);
          taken += await runSteps(sequence, vcc, engine, { nameCase });
        },
      );
      for (let round = 0; taken < minSteps; round += 1) {
        await fc.assert(property, { seed: seed + round, numRuns: 50 });
      }
    } finally {
      console.log(`model: ${taken} steps, seed ${seed}`);
      count("steps of the model", taken);
      await processes.close();
    }
  }, 600_000);

  it("also in processes of their own, which run the code of the state", async () => {
    const home = mkdtempSync(join(tmpdir(), "pulumi-vcc-model-"));
    let taken = 0;
    try {
      await fc.assert(
        fc.asyncProperty(
          steps({ faults: shortFaults, crashes: true, operations: 4 }),
          nameCase,
          async (sequence, nameCase) => {
            const engine = createModelEngine(vcc, startOwnProcesses(vcc, home));
            taken += await runSteps(sequence, vcc, engine, { nameCase });
          },
        ),
        { seed, numRuns: 4 },
      );
    } finally {
      count("steps of the model", taken);
      rmSync(home, { recursive: true });
    }
  }, 300_000);
});
