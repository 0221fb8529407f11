import { registration, reportOf, rotated } from "../samples";

const registrationsOf = (...args: Parameters<typeof reportOf>) =>
  reportOf(...args).stacks[0]?.registrations ?? [];

const target = `--target ${registration.urn}`;
const evidence = "registered 2026-11-20T12:00:00.000Z";

describe("drift report", () => {
  it("fails for the given classes only", () => {
    expect(reportOf([rotated, registration], { failOn: ["pending"] })).toMatchObject({
      outcome: "drift",
      count: 1,
      stacks: [{ registrations: [{ fails: true }, { fails: false }] }],
    });
    expect(reportOf([rotated, registration], { failOn: ["stale"] })).toMatchObject({
      outcome: "tolerated",
      count: 0,
    });
  });

  it("says which variables a run did not set", () => {
    const unresolved = { ...registration, unresolved: ["CRM_KEY", "CRM_TOKEN"] };
    expect(registrationsOf([unresolved])).toMatchObject([
      {
        class: "unresolved",
        fails: false,
        unresolved: ["CRM_KEY", "CRM_TOKEN"],
        evidence: "registered 2026-11-20T12:00:00.000Z, not set here: CRM_KEY, CRM_TOKEN",
        advice: "to compare the headers, set CRM_KEY, CRM_TOKEN for `pulumi-vcc drift`",
      },
    ]);
    expect(registrationsOf([{ ...unresolved, operation: "create" }])).toMatchObject([
      {
        class: "unregistered",
        advice: "first set CRM_KEY, CRM_TOKEN where `pulumi up` runs: headers refer to it",
      },
    ]);
    expect(reportOf([unresolved], { failOn: ["unresolved"] })).toMatchObject({ outcome: "drift" });
  });

  it("gives evidence, age and location of each registration", () => {
    expect(registrationsOf([registration])).toEqual([
      {
        urn: registration.urn,
        resource: "crm",
        provider: "Crm",
        region: "emea",
        account: null,
        class: "in sync",
        fails: false,
        urgency: null,
        situation: null,
        verified: false,
        verifiedAt: null,
        changed: [],
        ignored: [],
        unresolved: [],
        registeredAt: "2026-11-20T12:00:00.000Z",
        ageS: 2 * 24 * 3600,
        evidence,
        repair: null,
        advice: null,
        runbook: "https://github.com/pulumi-vcc/pulumi-vcc/blob/main/docs/runbook.md#in-sync",
        location: { file: "index.ts", line: 6, column: 13 },
      },
    ]);
  });

  it.each([
    ["a change that up registers anyway", rotated, {}, `pulumi up --stack dev ${target}`],
    [
      "a registration that is stale by age only",
      registration,
      { maxAgeMs: 1 },
      `pulumi up --stack dev ${target} --replace ${registration.urn}`,
    ],
    [
      "a project in another directory",
      rotated,
      { directory: "my infra" },
      `pulumi up --cwd 'my infra' --stack dev ${target}`,
    ],
  ])("gives the repair command for %s", (_case, inspected, options, repair) => {
    expect(registrationsOf([inspected], options)[0]?.repair).toBe(repair);
  });

  it("quotes resource names for the shell", () => {
    const urn = `${registration.urn} it's $HOME`;
    const [reported] = registrationsOf([{ ...registration, urn }], { maxAgeMs: 1 });
    expect(reported?.repair).toBe(
      ["pulumi up --stack dev --target", "--replace"]
        .map((option) => `${option} '${registration.urn} it'\\''s $HOME'`)
        .join(" "),
    );
  });

  it.each([
    ["updating", "update", `pulumi up --stack dev ${target}`],
    ["updating", "same", `pulumi up --stack dev ${target} --replace ${registration.urn}`],
    ["deleting", "same", `pulumi up --stack dev ${target} --replace ${registration.urn}`],
    [
      "creating",
      "create",
      `pulumi up --stack dev ${target} && pulumi refresh --stack dev ${target} --clear-pending-creates`,
    ],
    ["creating", undefined, null],
    ["updating", undefined, null],
  ])("repairs what was interrupted while %s, before %s", (interrupted, operation, repair) => {
    const { operation: _, ...rest } = registration;
    const inspected = { ...rest, interrupted, ...(operation !== undefined && { operation }) };
    expect(registrationsOf([inspected])[0]).toMatchObject({ class: "unknown", repair });
  });

  it.each([
    ["an interrupted update", { interrupted: "updating" }, "interrupted while updating"],
    ["a lost response", { drift: "sent at …, not acknowledged" }, "sent at …, not acknowledged"],
    ["an acknowledgement", {}, evidence],
  ])("names %s as evidence", (_case, facts, expected) => {
    expect(registrationsOf([{ ...registration, ...facts }])[0]?.evidence).toBe(expected);
  });

  const verifiedAt = "2026-11-22T11:00:00.000Z";
  const drift = "drifted: VCC has used another registration (x) since 2026-11-22T10:00:00.000Z";

  it.each([
    [
      "a verified one",
      { evidence: "verified", verifiedAt },
      `${evidence}, seen in use ${verifiedAt}`,
    ],
    [
      "the end of a rotation",
      { evidence: 'verified: the headers "old" not used since …' },
      `${evidence}, the headers "old" not used since …`,
    ],
    [
      "an unverified one",
      { evidence: "unverified: no notification since it was registered" },
      `${evidence}, unverified: no notification since it was registered`,
    ],
    [
      "a rotation",
      { evidence: "rotating: still the former one" },
      `${evidence}, still the former one`,
    ],
    [
      "what another one was seen",
      { operation: "update", drift, evidence: drift },
      drift.slice("drifted: ".length),
    ],
  ])("names what the witness says of %s", (_case, facts, expected) => {
    expect(registrationsOf([{ ...registration, ...facts }])[0]?.evidence).toBe(expected);
  });

  it("refreshes with the configuration of now, or warns that witnesses got a former token", () => {
    const drifted = {
      ...registration,
      operation: "update",
      drift: "drifted: …",
      evidence: "drifted: …",
    };
    const reportWith = (canRunProgram: boolean) => reportOf([drifted], { canRunProgram });
    const [now, former] = [reportWith(true), reportWith(false)];
    expect(now.stacks[0]?.repair).toBe("pulumi up --refresh --run-program --stack dev");
    expect(now.warnings).toEqual([]);
    expect(former.stacks[0]?.repair).toBe("pulumi up --refresh --stack dev");
    expect(former.warnings).toEqual([
      "project/dev: witnesses were asked with the configuration of the last `pulumi up`; if vcc:witnessToken has " +
        "changed since, run `pulumi up`, or install pulumi 3.169 or newer",
    ]);
  });

  it("repairs what has drifted with a refresh, and advises what else to do", () => {
    const drifted = { ...registration, operation: "update", drift, evidence: drift };
    expect(registrationsOf([drifted])[0]).toMatchObject({
      class: "drifted",
      repair: `pulumi up --refresh --run-program --stack dev ${target}`,
      advice: null,
    });
    const contested = { ...drifted, drift: drift.replace("drifted", "contested") };
    expect(registrationsOf([contested])[0]).toMatchObject({
      class: "contested",
      repair: `pulumi up --refresh --run-program --stack dev ${target}`,
      advice: "find out who else registers this name, and then register it again",
    });
    const unverified = registrationsOf([registration], {
      requireVerifiedMs: 1,
      failOn: ["unverified"],
    });
    expect(unverified[0]).toMatchObject({
      fails: true,
      repair: null,
      advice: "make sure that the receiver gets notifications, and that `witness` is its URL",
    });
    const rotating = { ...registration, evidence: "rotating: …" };
    expect(registrationsOf([rotating])[0]).toMatchObject({
      fails: false,
      repair: null,
      advice: "keep accepting the former headers, and check again",
    });
  });

  const named = (resource: string) => ({
    ...registration,
    resource,
    urn: registration.urn.replace("::crm", `::${resource}`),
  });
  const targetOf = (resource: string) => `--target ${named(resource).urn}`;

  it("repairs by class, the worst first, and applies changes only on request", () => {
    const { stacks } = reportOf([
      { ...named("changed"), operation: "update", changed: ["endpoint"] },
      { ...named("removed"), operation: "delete" },
      { ...named("added"), operation: "create" },
      { ...named("b"), operation: "update", drift },
      { ...named("a"), operation: "update", drift },
      { ...named("interrupted"), interrupted: "updating" },
      { ...named("other"), operation: "update", drift: drift.replace("drifted", "contested") },
      { ...named("daily"), operation: "update", changed: ["reassertWindow"], window: "2026-01-01" },
    ]);
    const refresh = "pulumi up --refresh --run-program --stack dev";
    expect(stacks[0]?.repairs).toEqual([
      {
        class: "unknown",
        resources: ["interrupted"],
        command: `pulumi up --stack dev ${targetOf("interrupted")} --replace ${named("interrupted").urn}`,
      },
      {
        class: "drifted",
        resources: ["a", "b"],
        command: `${refresh} ${targetOf("b")} ${targetOf("a")}`,
      },
      { class: "contested", resources: ["other"], command: `${refresh} ${targetOf("other")}` },
      {
        class: "stale",
        resources: ["daily"],
        command: `pulumi up --stack dev ${targetOf("daily")}`,
      },
    ]);
    expect(stacks[0]?.update).toBe("pulumi up --stack dev");
  });

  it("forgets no interrupted creation that no command repairs", () => {
    const creating = { ...named("creating"), operation: "create", interrupted: "creating" };
    const { operation: _, ...gone } = { ...named("gone"), interrupted: "creating" };
    const [repaired] = registrationsOf([creating, gone]);
    expect(repaired?.repair).toBe(`pulumi up --stack dev ${targetOf("creating")}`);
  });

  const under =
    "VCC has sent notifications under a registration other than the last one of this stack";
  const mayDiffer = "Headers, permissions or endpoint may differ.";
  const since = "since 2026-11-22T02:14:09.120Z";
  const beforeOrAfter = "VCC may hold the registration from before or after it.";

  it.each([
    [
      { drift: `drifted: VCC has used another registration (x) ${since}` },
      `Since 2026-11-22 02:14 UTC, ${under}. ${mayDiffer}`,
    ],
    [{ drift: "drifted: VCC still uses another registration (x)" }, `${under}. ${mayDiffer}`],
    [
      { drift: `drifted: VCC has used a registration without X-Vcc-Registration ${since}` },
      `Since 2026-11-22 02:14 UTC, VCC has sent notifications without X-Vcc-Registration, which this stack registers. ${mayDiffer}`,
    ],
    [
      { drift: `drifted: VCC has used the former registration again ${since}` },
      "Since 2026-11-22 02:14 UTC, VCC has sent notifications under the previous registration again, with its headers, permissions and endpoint.",
    ],
    [
      { drift: "contested: VCC still uses another registration (x)" },
      `${under}. ${mayDiffer} This has happened before: a repair alone may not last.`,
    ],
    [{ interrupted: "updating" }, `An update was interrupted while updating it: ${beforeOrAfter}`],
    [
      { drift: "sent at 2026-11-22T01:30:00.000Z, not acknowledged" },
      `VCC has not acknowledged what was sent at 2026-11-22 01:30 UTC: ${beforeOrAfter}`,
    ],
    [{ operation: "delete" }, null],
  ])("says what may be wrong at VCC, and no more than is known: %j", (facts, situation) => {
    const [reported] = registrationsOf([{ ...registration, operation: "update", ...facts }]);
    expect(reported).toMatchObject({ situation, urgency: situation === null ? "up" : "now" });
  });

  it("gives an age of 0 if the clock that registered was ahead", () => {
    const ahead = { ...registration, registeredAt: "2026-11-22T12:00:09.000Z" };
    expect(registrationsOf([ahead])[0]?.ageS).toBe(0);
    const now = { ...registration, registeredAt: "2026-11-22T11:59:58.100Z" };
    expect(registrationsOf([now])[0]?.ageS).toBe(1);
  });

  it("lists failures first, then sorts by region and name", () => {
    const registrations = registrationsOf(
      [
        { ...registration, provider: "Same 10" },
        { ...registration, provider: "Same 9" },
        { ...registration, provider: "Ignored", operation: "create" },
        { ...rotated, provider: "B" },
        { ...rotated, provider: "C", region: "apac" },
      ],
      { failOn: ["pending"] },
    );
    expect(registrations.map(({ provider }) => provider)).toEqual([
      "C",
      "B",
      "Ignored",
      "Same 9",
      "Same 10",
    ]);
  });

  it("says that what was unknown is unknown until it is registered again", () => {
    const earlier = reportOf([{ ...registration, interrupted: "updating" }]);
    const [forgotten] = registrationsOf([registration], { earlier });
    expect(forgotten).toMatchObject({
      class: "unknown",
      evidence: `${evidence}, unknown at 2026-11-22T12:00:00.000Z, and not registered since`,
      repair: `pulumi up --stack dev ${target} --replace ${registration.urn}`,
    });
    const registered = { ...registration, registeredAt: "2026-11-22T11:00:00.000Z" };
    const report = reportOf([registered], { earlier });
    expect(report.changes).toMatchObject([{ before: "unknown", after: "in sync" }]);
    expect(registrationsOf([registration], { earlier: null })[0]?.class).toBe("in sync");
  });
});
