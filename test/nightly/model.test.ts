import fc from "fast-check";
import { count } from "../counts";
import { createProject, type Project } from "../end-to-end/project";
import { createRun } from "../model/run";
import { modelSeed, shortFaults, steps } from "../model/step";
import { startVcc, type Vcc } from "../model/vcc";
import { createRealEngine, type RealEngine } from "./real-engine";

const minSteps = 100;

describe("any sequence of programs, operations and faults, through the real engine,", () => {
  let vcc: Vcc;
  let project: Project;
  let engine: RealEngine;
  beforeAll(async () => {
    vcc = await startVcc();
    project = await createProject("clone");
    engine = createRealEngine(vcc, project);
  });
  afterAll(async () => {
    engine?.close();
    await vcc.close();
    project?.remove();
  });

  it("ends with what the program declares", async () => {
    // Each operation takes seconds, so there is one long sequence.
    const edits = { minLength: 5, maxLength: 10 };
    const arbitrary = steps({ faults: shortFaults, crashes: false, operations: 5, edits });
    const sequences = fc.sample(arbitrary, { seed: modelSeed, numRuns: minSteps });
    const run = createRun(vcc, engine);
    let taken = 0;
    for (const step of sequences.flat()) {
      if (taken >= minSteps) break;
      if (await run.take(step)) taken += 1;
    }
    count("steps of the model with the real engine", await run.finish());
    console.log(`seed ${modelSeed}`);
  }, 600_000);
});
