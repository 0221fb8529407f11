import {
  createFingerprintKey,
  headerFingerprints,
  registrationFingerprint,
} from "../../provider/fingerprint";
import { unknown } from "../../provider/unknown";

const registration = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { "X-A": "1", "X-B": "2" },
  agentActionsPermitted: {
    release: true,
    hold: false,
    transferToAgent: false,
    transferToRoute: false,
  },
};

describe("fingerprint", () => {
  it("changes for the header whose value changed, and for no other", () => {
    const before = headerFingerprints({ "X-A": "1", "X-B": "2" }, "key");
    const after = headerFingerprints({ "X-A": "1", "X-B": "3" }, "key");
    expect(after["X-A"]).toBe(before["X-A"]);
    expect(after["X-B"]).not.toBe(before["X-B"]);
    expect(after["X-B"]).toMatch(/^[0-9a-f]{12}$/);
  });

  it("cannot be compared between resources or between headers", () => {
    expect(headerFingerprints({ "X-A": "1" }, "key")).not.toEqual(
      headerFingerprints({ "X-A": "1" }, "other key"),
    );
    const { "X-A": a, "X-B": b } = headerFingerprints({ "X-A": "1", "X-B": "1" }, "key");
    expect(a).not.toBe(b);
  });

  it("hashes nothing that a preview does not know", () => {
    expect(headerFingerprints({ "X-A": unknown, "X-B": "2" }, "key")["X-A"]).toBe(unknown);
    expect(headerFingerprints(unknown as never, "key")).toBe(unknown);
  });

  it("is the same for the same registration, in whatever order its headers are", () => {
    const shuffled = { ...registration, headers: { "X-B": "2", "X-A": "1" } };
    expect(registrationFingerprint("emea", shuffled, "key")).toBe(
      registrationFingerprint("emea", registration, "key"),
    );
  });

  it.each([
    ["region", "nam", registration],
    ["name", "emea", { ...registration, provider: "crm" }],
    ["endpoint", "emea", { ...registration, endpoint: undefined }],
    ["a header", "emea", { ...registration, headers: { "X-A": "1", "X-B": "3" } }],
    [
      "a permission",
      "emea",
      {
        ...registration,
        agentActionsPermitted: { ...registration.agentActionsPermitted, hold: true },
      },
    ],
  ])("is another for another %s", (_what, region, other) => {
    expect(registrationFingerprint(region, other, "key")).not.toBe(
      registrationFingerprint("emea", registration, "key"),
    );
  });

  it("makes a new key each time, of 128 bits", () => {
    expect(createFingerprintKey()).not.toBe(createFingerprintKey());
    expect(Buffer.from(createFingerprintKey(), "base64url")).toHaveLength(16);
  });
});
