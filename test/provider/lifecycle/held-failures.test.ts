import { AuthenticationError, UnacknowledgedError } from "../../../provider/errors";
import { createHeldFailures } from "../../../provider/lifecycle/held-failures";

const registration = (provider: string, account?: string) => ({
  provider,
  region: "emea" as const,
  ...(account !== undefined && { account }),
});

describe("held failures", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Records what a held failure rejects with. */
  function observe(failure: Promise<never>) {
    const observed: { error?: Error } = {};
    failure.catch((error) => {
      observed.error = error;
    });
    return observed;
  }

  it("are not held without named accounts", async () => {
    const failures = createHeldFailures(() => false);
    failures.expect(registration("A"));
    failures.expect(registration("B"));
    const error = new AuthenticationError("refused");
    await expect(failures.hold(registration("A"), error)).rejects.toBe(error);
  });

  it("are held until all other registrations are done, and nothing has come for a second", async () => {
    const failures = createHeldFailures(() => true);
    for (const account of ["a", "b"]) failures.expect(registration("Crm", account));
    const error = new AuthenticationError("refused");
    const observed = observe(failures.hold(registration("Crm", "a"), error));
    await jest.advanceTimersByTimeAsync(1500);
    expect(observed.error).toBeUndefined();
    failures.settle(registration("Crm", "b"));
    await jest.advanceTimersByTimeAsync(900);
    failures.expect(registration("Crm", "c"));
    failures.settle(registration("Crm", "c"));
    await jest.advanceTimersByTimeAsync(900);
    expect(observed.error).toBeUndefined();
    await jest.advanceTimersByTimeAsync(100);
    expect(observed.error).toBe(error);
  });

  it("are released when an expected registration does not come", async () => {
    const failures = createHeldFailures(() => true);
    for (const account of ["a", "b"]) failures.expect(registration("Crm", account));
    const observed = observe(failures.hold(registration("Crm", "a"), new Error("refused")));
    await jest.advanceTimersByTimeAsync(4999);
    expect(observed.error).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(observed.error?.message).toBe("refused");
  });

  it("are not released while another registration waits for VCC", async () => {
    const failures = createHeldFailures(() => true);
    for (const account of ["a", "b"]) failures.expect(registration("Crm", account));
    failures.begin(registration("Crm", "b"));
    const observed = observe(failures.hold(registration("Crm", "a"), new Error("refused")));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(observed.error).toBeUndefined();
    failures.settle(registration("Crm", "b"));
    await jest.advanceTimersByTimeAsync(1000);
    expect(observed.error?.message).toBe("refused");
  });

  it("of one cause in one account name all of its registrations once", async () => {
    const failures = createHeldFailures(() => true);
    const held = (provider: string, account: string, message: string) =>
      observe(failures.hold(registration(provider, account), new Error(message)));
    failures.expect(registration("A", "acme"));
    const first = held("A", "acme", 'account "acme": refused');
    const second = held("B", "acme", 'account "acme": refused');
    const otherCause = held("C", "acme", 'account "acme": too large');
    const otherAccount = held("D", "beta", "refused");
    await jest.advanceTimersByTimeAsync(1000);
    expect(first.error?.message).toBe(
      'account "acme": refused (2 registrations: "A" in emea (account "acme"), "B" in emea (account "acme"))',
    );
    expect(second.error?.message).toBe(
      'account "acme": the same error as for "A" in emea (account "acme")',
    );
    expect(otherCause.error?.message).toBe('account "acme": too large');
    expect(otherAccount.error?.message).toBe("refused");
  });

  it("keep what makes the engine record an unknown outcome", async () => {
    const failures = createHeldFailures(() => true);
    failures.expect(registration("A", "acme"));
    const errors = ["A", "B"].map((provider) => {
      const error = Object.assign(new UnacknowledgedError("lost"), {
        id: provider,
        reasons: ["lost"],
      });
      return observe(failures.hold(registration(provider, "acme"), error));
    });
    await jest.advanceTimersByTimeAsync(1000);
    expect(errors.map(({ error }) => (error as { id?: string }).id)).toEqual(["A", "B"]);
    for (const { error } of errors) {
      expect(error).toBeInstanceOf(UnacknowledgedError);
      // The engine prints these, not the message.
      expect((error as unknown as { reasons: string[] }).reasons).toEqual([error?.message]);
    }
    expect(errors[1]?.error?.message).toContain("the same error as for");
  });

  it("name at most ten registrations", async () => {
    const failures = createHeldFailures(() => true);
    failures.expect(registration("0", "acme"));
    const all = Array.from({ length: 12 }, (_, n) =>
      observe(failures.hold(registration(String(n), "acme"), new Error("refused"))),
    );
    await jest.advanceTimersByTimeAsync(1000);
    expect(all[0]?.error?.message).toContain("(12 registrations: ");
    expect(all[0]?.error?.message).toContain(" and 2 more)");
  });
});
