import { environmentOf, sceneWith } from "../end-to-end/project";

describe("pulumi, given values that a preview cannot know,", () => {
  const scene = sceneWith("tarball");

  it("previews every argument, sends nothing, and then registers all", async () => {
    const { emulator, project, credentials } = scene;
    const { stack } = project;
    project.setEnvironment({
      ...environmentOf(emulator, credentials),
      VCC_ACCOUNTS: JSON.stringify({ acme: credentials }),
    });
    const program = (first: string) => `
      import * as pulumi from "@pulumi/pulumi";
      import { basic, bearer, VccProvider } from "pulumi-vcc";
      const first = new VccProvider("first", { provider: "${first}", agentActionsPermitted: {} });
      /** A value that is unknown until the first resource is registered. */
      const later = <T>(value: T) => first.registrationFingerprint.apply(() => value);
      const args = { endpoint: "https://crm.example.com/vcc", agentActionsPermitted: { hold: true } };
      new VccProvider("name", { ...args, provider: later("Name") });
      new VccProvider("endpoint", { ...args, provider: "Endpoint", endpoint: later(args.endpoint) });
      new VccProvider("headers", { ...args, provider: "Headers", headers: later({ "X-A": "a" }) });
      new VccProvider("header", {
        ...args,
        provider: "Header",
        headers: { "X-A": later("a"), "X-B": "b" },
      });
      new VccProvider("bearer", {
        ...args,
        provider: "Bearer",
        headers: { Authorization: bearer(later("token")) },
      });
      new VccProvider("basic", {
        ...args,
        provider: "Basic",
        headers: { Authorization: basic("user", later("password")) },
      });
      new VccProvider("operation", {
        provider: "Operation",
        agentActionsPermitted: { hold: later(true) },
      });
      new VccProvider("operations", {
        provider: "Operations",
        agentActionsPermitted: later({ hold: true } as const),
      });
      new VccProvider("account-name", { ...args, provider: "Account", account: later("acme") });
      new VccProvider("duration", { ...args, provider: "Duration", reassertEvery: later("52w") });
      new VccProvider("witness", { ...args, provider: "Witness", witness: later("https://w.example/a") });
      new VccProvider("witness-url", {
        ...args,
        provider: "WitnessUrl",
        witness: { url: later("https://w.example/b") },
      });
    `;
    const names = ["Name", "Endpoint", "Headers", "Header", "Bearer", "Basic"];
    const declared = [
      ...names,
      "Operation",
      "Operations",
      "Duration",
      "Account",
      "Witness",
      "WitnessUrl",
    ];

    project.write(program("First"));
    const { changeSummary } = await stack.preview();
    expect(changeSummary).toEqual({ create: 1 + 1 + declared.length });
    expect(emulator.requests()).toEqual([]);
    await stack.up();
    const held = () => emulator.registrations().map(({ provider }) => provider);
    expect(held().sort()).toEqual(["First", ...declared].sort());
    const endpoint = "https://crm.example.com/vcc";
    const agentactionspermitted = expect.objectContaining({ hold: 1, release: 1 });
    expect(emulator.registrations()).toEqual(
      expect.arrayContaining([
        { provider: "Name", endpoint, agentactionspermitted },
        { provider: "Endpoint", endpoint, agentactionspermitted },
        { provider: "Headers", endpoint, headers: { "X-A": "a" }, agentactionspermitted },
        {
          provider: "Header",
          endpoint,
          headers: { "X-A": "a", "X-B": "b" },
          agentactionspermitted,
        },
        {
          provider: "Bearer",
          endpoint,
          headers: { Authorization: "Bearer token" },
          agentactionspermitted,
        },
        {
          provider: "Basic",
          endpoint,
          headers: { Authorization: `Basic ${Buffer.from("user:password").toString("base64")}` },
          agentactionspermitted,
        },
        { provider: "Operation", agentactionspermitted },
        { provider: "Operations", agentactionspermitted },
        { provider: "Account", endpoint, agentactionspermitted },
        { provider: "Duration", endpoint, agentactionspermitted },
        ...["Witness", "WitnessUrl"].map((provider) => ({
          provider,
          endpoint,
          headers: { "X-Vcc-Registration": expect.stringMatching(/^[0-9a-f]{12}$/) },
          agentactionspermitted,
        })),
      ]),
    );
    await stack.up({ expectNoChanges: true });

    // A replacement makes the same values unknown again, this time of existing resources.
    emulator.reset();
    project.write(program("Second"));
    await stack.preview();
    expect(emulator.requests()).toEqual([]);
    await stack.up();
    const registered = emulator.requests().flatMap(({ provider }) => provider ?? []);
    expect(registered).toEqual(["Second", "First"]);
  });
});
