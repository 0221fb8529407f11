import fc from "fast-check";
import { count } from "../counts";
import { createProject, type Project } from "../end-to-end/project";
import { createRun } from "../model/run";
import { type Kill, killSteps, modelSeed, shortFaults, steps } from "../model/step";
import { startVcc, type Vcc } from "../model/vcc";
import { createRealEngine, type RealEngine } from "./real-engine";

const minSteps = 100;
/** `npm run test:soak` kills more often. */
const kills = Number(process.env.PULUMI_VCC_KILLS ?? 20);
const victims: Array<Kill["victim"]> = ["engine", "provider", "both"];

// Processes are found in /proc.
const onLinux = process.platform === "linux" ? it : it.skip;

describe("the model, through the real engine,", () => {
  let vcc: Vcc;
  let project: Project;
  let engine: RealEngine;
  beforeEach(async () => {
    vcc = await startVcc();
    project = await createProject("clone");
    engine = createRealEngine(vcc, project);
  });
  afterEach(async () => {
    engine?.close();
    await vcc.close();
    project?.remove();
  });

  it("ends any sequence of programs, operations and faults with what the program declares", async () => {
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

  onLinux(
    `repairs with the next up what ${kills} kills at random moments leave`,
    async () => {
      const run = createRun(vcc, engine);
      for (let round = 0; run.crashes() < kills; round += 1) {
        const victim = victims[run.crashes() % victims.length] ?? "both";
        const parameters = { seed: modelSeed + round, numRuns: 1 };
        for (const step of fc.sample(killSteps(victim, round), parameters).flat()) {
          await run.take(step);
        }
      }
      await run.finish();
      count("kills", run.crashes());
      console.log(`seed ${modelSeed}`);
    },
    kills * 300_000,
  );
});
