import { CommandError } from "@pulumi/pulumi/automation";
import { environmentOf, example, sceneWith } from "../end-to-end/project";

describe("pulumi preview --expect-no-changes", () => {
  const scene = sceneWith("tarball");

  /** Previews as a scheduled job does: without VCC credentials. */
  async function preview() {
    const { project, emulator } = scene;
    project.setEnvironment(environmentOf(emulator));
    const before = project.output().length;
    const failure = await project.stack
      .preview({ expectNoChanges: true, diff: true })
      .catch((error) => error);
    return { failed: failure instanceof CommandError, output: project.output().slice(before) };
  }

  it("fails in a new window, which it names, and passes after the next up", async () => {
    const { project, emulator, credentials } = scene;
    const { stack } = project;
    project.write(example("reassert.ts"));
    await stack.setConfig("vcc:reassertEvery", { value: "52w" });
    await stack.up();
    expect((await preview()).failed).toBe(false);

    // Moves the registration into an earlier window by editing the state.
    const state = await stack.exportStack();
    const text = JSON.stringify(state.deployment);
    expect(text).toMatch(/"reassertWindow":"\d{4}-\d\d-\d\dT00:00:00Z"/);
    await stack.importStack({
      ...state,
      deployment: JSON.parse(
        text.replaceAll(
          /"reassertWindow":"\d{4}-\d\d-\d\dT00:00:00Z"/g,
          '"reassertWindow":"2026-01-01T00:00:00Z"',
        ),
      ),
    });
    const { failed, output } = await preview();
    expect(failed).toBe(true);
    expect(output).toMatch(
      /~ reassertWindow: "2026-01-01T00:00:00Z" => "\d{4}-\d\d-\d\dT00:00:00Z"/,
    );
    expect(output).toContain("~ 1 to update");

    project.setEnvironment(environmentOf(emulator, credentials));
    emulator.reset();
    await stack.up();
    const registered = emulator.requests().flatMap(({ provider }) => provider ?? []);
    expect(registered).toEqual(["Daily"]);
    expect((await preview()).failed).toBe(false);
  });

  it("fails for a header rotated only in the configuration, and names it", async () => {
    const { project, emulator, credentials } = scene;
    const { stack } = project;
    project.write(example("quickstart.ts"));
    await stack.setConfig("callbackToken", { value: "first", secret: true });
    await stack.up();
    expect((await preview()).failed).toBe(false);

    await stack.setConfig("callbackToken", { value: "second", secret: true });
    const { failed, output } = await preview();
    expect(failed).toBe(true);
    expect(output).toMatch(/~ Authorization: "[0-9a-f]{12}" => "[0-9a-f]{12}"/);

    project.setEnvironment(environmentOf(emulator, credentials));
    await stack.up();
    expect((await preview()).failed).toBe(false);
  });
});
