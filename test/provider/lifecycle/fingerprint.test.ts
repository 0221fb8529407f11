import {
  createFingerprintKey,
  headerFingerprints,
  registrationFingerprint,
} from "../../../provider/lifecycle/fingerprint";
import { unknownValue } from "../../../provider/pulumi-values";

const registration = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { "X-A": "1", "X-B": "2" },
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 } as const,
};

describe("fingerprint", () => {
  it("changes only for the header whose value changed", () => {
    const before = headerFingerprints({ "X-A": "1", "X-B": "2" }, "key");
    const after = headerFingerprints({ "X-A": "1", "X-B": "3" }, "key");
    expect(after["X-A"]).toBe(before["X-A"]);
    expect(after["X-B"]).not.toBe(before["X-B"]);
    expect(after["X-B"]).toMatch(/^[0-9a-f]{12}$/);
  });

  it("differs between resources and between headers", () => {
    expect(headerFingerprints({ "X-A": "1" }, "key")).not.toEqual(
      headerFingerprints({ "X-A": "1" }, "other key"),
    );
    const { "X-A": a, "X-B": b } = headerFingerprints({ "X-A": "1", "X-B": "1" }, "key");
    expect(a).not.toBe(b);
  });

  it("does not hash unknown values", () => {
    expect(headerFingerprints({ "X-A": unknownValue, "X-B": "2" }, "key")["X-A"]).toBe(
      unknownValue,
    );
    expect(headerFingerprints(unknownValue as never, "key")).toBe(unknownValue);
  });

  it("does not depend on the order of headers", () => {
    const shuffled = { ...registration, headers: { "X-B": "2", "X-A": "1" } };
    expect(registrationFingerprint("emea", shuffled, "key")).toBe(
      registrationFingerprint("emea", registration, "key"),
    );
  });

  it.each([
    ["the region", "nam", registration],
    ["the name", "emea", { ...registration, provider: "crm" }],
    ["the endpoint", "emea", { ...registration, endpoint: "https://crm.example.com/v2" }],
    ["a header", "emea", { ...registration, headers: { "X-A": "1", "X-B": "3" } }],
    [
      "a permission",
      "emea",
      {
        ...registration,
        agentactionspermitted: { ...registration.agentactionspermitted, hold: 1 } as const,
      },
    ],
  ])("changes with %s", (_what, region, other) => {
    expect(registrationFingerprint(region, other, "key")).not.toBe(
      registrationFingerprint("emea", registration, "key"),
    );
  });

  it("creates a new key of 128 bits each time", () => {
    expect(createFingerprintKey()).not.toBe(createFingerprintKey());
    expect(Buffer.from(createFingerprintKey(), "base64url")).toHaveLength(16);
  });
});
