import type { FaultRule } from "../../emulator";
import { example, leastPowerful, sceneWith } from "../end-to-end/project";

const always = 1000;

describe("after a fault is gone, through the real engine", () => {
  const scene = sceneWith("tarball");

  /** Registers the quickstart with this token. */
  async function up(token: string) {
    await scene.project.stack.setConfig("callbackToken", { value: token, secret: true });
    return scene.project.stack.up();
  }

  const failed = (operation: Promise<unknown>) =>
    operation.then(
      () => false,
      () => true,
    );

  it.each<[string, FaultRule[], { fails: boolean }]>([
    [
      "a lost acknowledgement",
      [{ target: "register", times: always, fault: { kind: "lost-answer" } }],
      { fails: true },
    ],
    [
      "a token revoked mid-run",
      [{ target: "register", fault: { kind: "revoke-token" } }],
      { fails: false },
    ],
    [
      "resets",
      [
        { target: "token", fault: { kind: "reset" } },
        { target: "register", fault: { kind: "reset" } },
      ],
      { fails: false },
    ],
    [
      "a rate limit",
      [
        {
          target: "register",
          fault: { kind: "status", status: 429, headers: { "retry-after": "1" } },
        },
      ],
      { fails: false },
    ],
    [
      "error pages of a gateway",
      [{ target: "any", times: always, fault: { kind: "html", status: 502, bytes: 100_000 } }],
      { fails: true },
    ],
    [
      "rejected tokens",
      [{ target: "register", times: always, fault: { kind: "status", status: 401 } }],
      { fails: true },
    ],
    [
      "truncated token responses",
      [{ target: "token", times: always, fault: { kind: "truncated" } }],
      { fails: true },
    ],
  ])("one up converges and the next changes nothing: %s", async (_name, rules, { fails }) => {
    const { project, emulator } = scene;
    project.write(example("quickstart.ts"));
    const held = () => emulator.registrations().map(({ headers }) => headers?.Authorization);
    for (const token of ["first", "second"]) {
      for (const rule of rules) emulator.fail(rule);
      expect(await failed(up(token))).toBe(fails);
      emulator.clearFaults();
      await up(token);
      expect(held()).toEqual([`Bearer ${token}`]);
      const { changeSummary } = await project.stack.preview({ expectNoChanges: true });
      expect(changeSummary).toEqual({ same: 2 });
    }
  });

  it("destroy converges after a lost acknowledgement", async () => {
    const { project, emulator } = scene;
    project.write(example("quickstart.ts"));
    await up("first");
    emulator.fail({ target: "register", times: always, fault: { kind: "lost-answer" } });
    expect(await failed(project.stack.destroy())).toBe(true);
    emulator.clearFaults();
    await project.stack.destroy();
    expect(emulator.registrations()).toEqual([leastPowerful("CrmIntegration")]);
    expect((await project.stack.exportStack()).deployment.resources ?? []).toEqual([]);
  });
});
