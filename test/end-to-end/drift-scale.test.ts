import { parseReport } from "../report-formats";
import { drift, runWithoutCredentials } from "./drift-reports";
import { environmentOf, sceneWith } from "./project";

const count = 500;
const rounds = 3;
const allowedRatio = 1.15;

describe("pulumi-vcc drift at scale", () => {
  const scene = sceneWith("tarball");

  it(`takes at most ${allowedRatio} times as long as a preview of ${count} registrations`, async () => {
    const { project, emulator, credentials } = scene;
    project.write(`import { VccProvider } from "pulumi-vcc";
for (let i = 0; i < ${count}; i++) {
  new VccProvider(\`r\${i}\`, {
    provider: \`Integration \${i}\`,
    endpoint: \`https://crm.example.com/vcc/\${i}\`,
    headers: { Authorization: \`Bearer secret-\${i}\` },
    agentActionsPermitted: { hold: true },
  });
}`);
    project.setEnvironment({
      ...environmentOf(emulator, credentials),
      PULUMI_SKIP_CHECKPOINTS: "true",
    });
    await project.stack.up();
    project.setEnvironment(environmentOf(emulator));

    // In turns, and the best of each: what else the machine does slows both.
    const seconds: { preview: number[]; drift: number[] } = { preview: [], drift: [] };
    for (let round = 0; round < rounds; round++) {
      const before = performance.now();
      const previewed = await runWithoutCredentials(scene, "pulumi", [
        "preview",
        "--non-interactive",
      ]);
      const between = performance.now();
      const { code, stdout } = await drift(scene, ["--format", "json"]);
      const after = performance.now();
      expect(previewed.stdout).toContain(`${count + 1} unchanged`);
      expect(code).toBe(0);
      const classes = parseReport(stdout).stacks[0]?.registrations.map((one) => one.class);
      expect(classes).toEqual(Array(count).fill("in sync"));
      seconds.preview.push((between - before) / 1000);
      seconds.drift.push((after - between) / 1000);
    }
    const [preview, report] = [Math.min(...seconds.preview), Math.min(...seconds.drift)];
    process.stderr.write(
      `${count} registrations: preview ${preview.toFixed(2)} s, drift ${report.toFixed(2)} s, ` +
        `ratio ${(report / preview).toFixed(3)}\n`,
    );
    expect(report / preview).toBeLessThanOrEqual(allowedRatio);
  }, 300_000);
});
