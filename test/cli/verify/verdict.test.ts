import type { Observation } from "../../../cli/verify/probe";
import type { Rehearsal } from "../../../cli/verify/rehearsal";
import { assess, daysUntil } from "../../../cli/verify/verdict";

const nowMs = Date.parse("2026-11-22T12:00:00Z");
const dayMs = 86_400_000;
const limits = { slowMs: 3000, expiringDays: 14 };

const accepted = (probe: Observation["probe"], more: Partial<Observation> = {}): Observation => ({
  ...{ probe, status: 200, durationMs: 100, maybeHandled: true, isWebPage: false },
  ...more,
});
const works: Rehearsal = {
  url: new URL("https://crm.example.com/vcc"),
  isSecret: false,
  observations: [accepted("AssignToAgent"), accepted("Release")],
  addresses: ["203.0.113.7", "2001:db8::7"],
  certificate: { expiresAtMs: nowMs + 30 * dayMs, isPrivate: false },
};
const idsOf = (more: Partial<Rehearsal>) =>
  assess({ ...works, ...more }, "registered", limits, nowMs).map(({ id }) => id);

describe("the verdict on an endpoint", () => {
  it("is empty if everything works", () => {
    expect(idsOf({})).toEqual([]);
  });

  it.each([
    [14, []],
    [13.9, ["expiring"]],
    [0.5, ["expiring"]],
  ])("warns if the certificate expires within 14 days: in %d", (days, expected) => {
    const certificate = { expiresAtMs: nowMs + days * dayMs, isPrivate: false };
    expect(idsOf({ certificate })).toEqual(expected);
    expect(daysUntil(certificate.expiresAtMs, nowMs)).toBe(Math.floor(days));
  });

  it.each([
    [3000, []],
    [3001, ["slow"]],
  ])("warns if a response takes more than 3 s: %d ms", (durationMs, expected) => {
    const observations = [accepted("AssignToAgent"), accepted("Release", { durationMs })];
    expect(idsOf({ observations })).toEqual(expected);
  });

  it.each([
    ["10.1.2.3", true],
    ["172.31.255.255", true],
    ["172.32.0.1", false],
    ["192.168.0.1", true],
    ["169.254.1.1", true],
    ["100.64.0.1", true],
    ["::1", true],
    ["fd00::1", true],
    ["2001:db8::1", false],
    ["8.8.8.8", false],
  ])("warns of an address that the internet does not route: %s", (address, isPrivate) => {
    expect(idsOf({ addresses: ["8.8.4.4", address] })).toEqual(isPrivate ? ["address"] : []);
  });

  it("warns of other ports than 443, and of a CA that VCC does not know", () => {
    expect(idsOf({ url: new URL("https://crm.example.com:8443/vcc") })).toEqual(["port"]);
    const certificate = { expiresAtMs: nowMs + 30 * dayMs, isPrivate: true };
    expect(idsOf({ certificate })).toEqual(["private CA"]);
  });

  it("fails if only the Release is refused", () => {
    const observations = [accepted("AssignToAgent"), accepted("Release", { status: 500 })];
    expect(idsOf({ observations })).toEqual(["error"]);
  });

  it("shows no port of a secret endpoint", () => {
    const rehearsal = {
      ...works,
      isSecret: true,
      url: new URL("https://crm.example.com:8443/vcc"),
    };
    const [finding] = assess(rehearsal, "registered", limits, nowMs);
    expect(finding?.message).toBe("VCC documents port 443 only");
  });

  it("warns of a response that cannot be read", () => {
    const unreadable = "it is compressed, although the request forbids it";
    const observations = [accepted("AssignToAgent", { unreadable }), accepted("Release")];
    expect(idsOf({ observations })).toEqual(["unreadable"]);
  });

  it.each([
    ["a 4xx as a refusal of wrong headers", [400, 401, 403, 404], []],
    ["nothing as known after another status", [302, 304, 408, 425, 429, 500, 503], ["unclear"]],
    ["a 2xx as acceptance", [200, 202, 204], ["accepts unauthenticated"]],
  ])("counts %s", (_case, statuses, expected) => {
    const rejection = { secretHeaders: ["Authorization"], hasOthers: false };
    for (const status of statuses) {
      const observations = [
        accepted("AssignToAgent"),
        accepted("without secret headers", { status }),
        accepted("with wrong secrets", { status }),
        accepted("Release"),
      ];
      expect(idsOf({ rejection, observations })).toEqual([...expected, ...expected]);
    }
  });

  it("says who can send notifications if other headers authenticate, too", () => {
    const rejection = { secretHeaders: ["Authorization"], hasOthers: true };
    const observations = [accepted("AssignToAgent"), accepted("without secret headers")];
    const [finding] = assess({ ...works, rejection, observations }, "declared", limits, nowMs);
    expect(finding?.message).toContain(": anybody who knows the other headers can send");
  });
});
