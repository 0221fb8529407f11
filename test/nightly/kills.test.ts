import fc from "fast-check";
import { count } from "../counts";
import { createProject, type Project } from "../end-to-end/project";
import { createRun } from "../model/run";
import { type Kill, killSteps, modelSeed } from "../model/step";
import { startVcc, type Vcc } from "../model/vcc";
import { createRealEngine, type RealEngine } from "./real-engine";

/** `npm run test:soak` kills more often. */
const kills = Number(process.env.PULUMI_VCC_KILLS ?? 6);
const victims: Array<Kill["victim"]> = ["engine", "provider", "both"];

// Processes are found in /proc.
const onLinux = process.platform === "linux" ? describe : describe.skip;

onLinux("processes that are killed at random moments", () => {
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

  it(
    `the next up repairs every killed operation, ${kills} times`,
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
