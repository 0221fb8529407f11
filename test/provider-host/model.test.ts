import fc from "fast-check";
import { count } from "../counts";
import type { StartProcess } from "../model/model-engine";
import { createModelEngine } from "../model/model-engine";
import { startOwnProcess, startSharedProcess } from "../model/provider-process";
import { createRun } from "../model/run";
import {
  type FaultName,
  faults,
  modelSeed,
  type StepOptions,
  shortFaults,
  steps,
} from "../model/step";
import { startVcc, type Vcc } from "../model/vcc";

const minSteps = Number(process.env.PULUMI_VCC_MODEL_STEPS ?? 2000);
// On the slowest machines.
jest.setTimeout(600_000 + minSteps * 100);
const edits = { minLength: 1, maxLength: 4 };
const nameCase = fc.constantFrom("sensitive", "insensitive");

describe("any sequence of programs, operations, faults and crashes", () => {
  let vcc: Vcc;
  beforeAll(async () => {
    vcc = await startVcc();
  });
  afterAll(() => vcc.close());

  it("ends with what the program declares", async () => {
    const process = await startSharedProcess(vcc);
    const options = {
      faults: Object.keys(faults) as FaultName[],
      crashes: true,
      operations: 10,
      edits,
    };
    let taken = 0;
    try {
      for (let round = 0; taken < minSteps; round += 1) {
        taken += await takeSteps(options, process.start, {
          seed: modelSeed + round,
          numRuns: 20,
        });
      }
    } finally {
      await process.close();
    }
    console.log(`${taken} steps of the model, seed ${modelSeed}`);
  });

  it("also in processes of their own, which run the code of the state", async () => {
    const options = { faults: shortFaults, crashes: true, operations: 3, edits };
    await takeSteps(options, startOwnProcess(vcc), { seed: modelSeed, numRuns: 4 });
  });

  /** Returns the number of steps. A failure names the seed, and the shortest steps to it. */
  async function takeSteps(
    options: StepOptions,
    startProcess: StartProcess,
    parameters: { seed: number; numRuns: number },
  ): Promise<number> {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(steps(options), nameCase, async (sequence, nameCase) => {
        const engine = createModelEngine(vcc, startProcess);
        const run = createRun(vcc, engine, { nameCase, repeatsUp: true });
        for (const step of sequence) await run.take(step);
        taken += await run.finish();
      }),
      parameters,
    );
    count("steps of the model", taken);
    return taken;
  }
});
