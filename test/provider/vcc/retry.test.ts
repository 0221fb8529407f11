import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, NetworkError } from "../../../provider/errors";
import { type Clock, createClock } from "../../../provider/vcc/clock";
import { createRegisterClient } from "../../../provider/vcc/register-client";
import { type RetryPolicy, retry, retryAfterMs } from "../../../provider/vcc/retry";

/** Runs with a clock that jumps to the end of each wait and records the waits. */
function createRun(policy: Partial<RetryPolicy> = {}) {
  const waits: Array<[delayMs: number, reason: string]> = [];
  let nowMs = 7;
  const clock: Clock = {
    now: () => nowMs,
    waitUntil: async (ms, reason) => {
      waits.push([ms - nowMs, reason]);
      nowMs = ms;
    },
  };
  const options = { maxAttempts: 3, totalTimeoutMs: 300_000, random: () => 0.5, ...policy };
  return {
    waits,
    clock,
    run: <Result>(attempt: (deadlineAtMs: number) => Promise<Result>) =>
      retry(attempt, options, clock),
  };
}

function failing(times: number, error: Error) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw error;
    return calls;
  };
}

describe("retry", () => {
  it("starts no attempt after its signal aborts", async () => {
    const controller = new AbortController();
    const { waits, run } = createRun({ signal: controller.signal });
    const error = new NetworkError("first", { maybeSent: true });
    const attempt = jest.fn(async () => {
      controller.abort();
      throw error;
    });
    await expect(run(attempt)).rejects.toBe(error);
    expect([attempt.mock.calls.length, waits]).toEqual([1, []]);
  });

  it("retries retryable errors with a delay that doubles", async () => {
    const { waits, run } = createRun();
    await expect(
      run(failing(2, new NetworkError("reset. Check", { maybeSent: true }))),
    ).resolves.toBe(3);
    expect(waits).toEqual([
      [375, "reset"],
      [750, "reset"],
    ]);
  });

  it("waits for at least half of its delay, and at most 30 seconds", async () => {
    const slowest = createRun({ maxAttempts: 10, random: () => 0.999 });
    await slowest.run(failing(9, new ApiError("503", 503)));
    expect(Math.max(...slowest.waits.map(([delayMs]) => delayMs))).toBeCloseTo(30_000, -2);
    const fastest = createRun({ random: () => 0 });
    await fastest.run(failing(2, new ApiError("503", 503)));
    expect(fastest.waits.map(([delayMs]) => delayMs)).toEqual([250, 500]);
  });

  it("waits as long as the server asks", async () => {
    const { waits, run } = createRun();
    await run(failing(1, new ApiError("503", 503, 42_000)));
    expect(waits).toEqual([[42_000, "503"]]);
  });

  it("waits for its own delay if that is longer than what the server asks", async () => {
    const { waits, run } = createRun();
    await run(failing(2, new ApiError("503", 503, 500)));
    expect(waits).toEqual([
      [500, "503"],
      [750, "503"],
    ]);
  });

  it("waits until the deadline, but no longer", async () => {
    const { waits, run } = createRun({ totalTimeoutMs: 60_000 });
    await run(failing(1, new ApiError("503", 503, 60_000)));
    expect(waits).toEqual([[60_000, "503"]]);
  });

  it("stops at once if the server asks to wait beyond the deadline", async () => {
    const { waits, run } = createRun({ totalTimeoutMs: 60_000 });
    await expect(run(failing(1, new ApiError("503", 503, 61_000)))).rejects.toThrow(
      "503 (Retry-After is 61 s, longer than what remains of the deadline of 60 s (vcc:deadline))",
    );
    expect(waits).toEqual([]);
  });

  it("stops at once if its own delay ends after the deadline", async () => {
    const { waits, run } = createRun({ totalTimeoutMs: 200 });
    await expect(run(failing(1, new ApiError("503", 503)))).rejects.toThrow(
      "503 (the next attempt would be after the deadline of 0.2 s (vcc:deadline))",
    );
    expect(waits).toEqual([]);
  });

  it("passes the same deadline to each attempt", async () => {
    const { clock, run } = createRun({ totalTimeoutMs: 60_000 });
    const deadlineAtMs = clock.now() + 60_000;
    const deadlines: number[] = [];
    await run(async (deadline) => {
      deadlines.push(deadline);
      if (deadlines.length < 3) throw new ApiError("503", 503);
    });
    expect(deadlines).toEqual([deadlineAtMs, deadlineAtMs, deadlineAtMs]);
  });

  it("throws the error of the last attempt", async () => {
    const error = new ApiError("503", 503);
    const { waits, run } = createRun();
    const failure = run(failing(3, error));
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({ status: 503, name: "ApiError" });
    await expect(failure).rejects.toThrow(/^503 \(gave up after 3 attempts\)$/);
    expect(waits).toHaveLength(2);
    // Other registrations may have failed with the same error.
    expect(error.message).toBe("503");
  });

  it.each([new ApiError("400", 400), new ApiError("501", 501), new Error("a bug")])(
    "does not retry %s",
    async (error) => {
      const { waits, run } = createRun();
      await expect(run(failing(1, error))).rejects.toBe(error);
      expect(waits).toEqual([]);
    },
  );
});

const at = (time: string) => `Sun, 06 Nov 1994 ${time} GMT`;
const sentAt = at("08:49:30");

/** Header → the wait that the client makes of it, if its own delay is 375 ms. */
const forms: Array<[form: string, headers: Record<string, string>, waitMs: number]> = [
  ["nothing", {}, 375],
  ["seconds", { "retry-after": "120" }, 120_000],
  ["seconds between whitespace", { "retry-after": " 7 " }, 7000],
  ["zero seconds", { "retry-after": "0" }, 375],
  ["a date", { "retry-after": at("08:49:37"), date: sentAt }, 7000],
  ["a date of RFC 850", { "retry-after": "Sunday, 06-Nov-94 08:49:37 GMT", date: sentAt }, 7000],
  ["a date of asctime", { "retry-after": "Sun Nov  6 08:49:37 1994", date: sentAt }, 7000],
  ["a date, sent in asctime", { "retry-after": sentAt, date: "Sun Nov  6 08:49:00 1994" }, 30_000],
  ["the date of the response", { "retry-after": sentAt, date: sentAt }, 375],
  ["a date before the response", { "retry-after": at("07:00:00"), date: sentAt }, 375],
  ["a word", { "retry-after": "soon" }, 375],
  ["a negative number", { "retry-after": "-1" }, 375],
  ["a fraction", { "retry-after": "1.5" }, 375],
  ["an exponent", { "retry-after": "1e3" }, 375],
  ["a number without end", { "retry-after": "99999999999999999999" }, 375],
  ["two numbers", { "retry-after": "120, 130" }, 375],
  ["an ISO date", { "retry-after": "1994-11-06T08:49:37Z", date: sentAt }, 375],
  ["an impossible date", { "retry-after": "Sun, 99 Nov 1994 08:49:37 GMT", date: sentAt }, 375],
];
const hours = 3_600_000;
/** The client's clock, which the response's date makes irrelevant. */
const clocks: Array<[clock: string, offsetMs: number]> = [
  ["right", 0],
  ["3 hours behind", -3 * hours],
  ["3 hours ahead", 3 * hours],
];

describe("Retry-After", () => {
  afterEach(() => jest.restoreAllMocks());

  /** The wait before the second attempt. */
  async function waitAfter(
    endpoint: "token" | "register",
    status: number,
    headers: Record<string, string>,
  ): Promise<number> {
    let failed = false;
    const server = createServer((request, response) => {
      request.resume();
      response.sendDate = false;
      const isToken = request.url === "/token";
      if (isToken === (endpoint === "token") && !failed) {
        failed = true;
        response.writeHead(status, headers).end();
      } else response.end(isToken ? '{"access_token":"t","token_type":"bearer"}' : "");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const waits: number[] = [];
    let nowMs = 7;
    const client = createRegisterClient(
      {
        apiUrl: url,
        authUrl: `${url}/token`,
        clientAuthentication: "form",
        maxConcurrency: 1,
        totalTimeoutMs: 24 * hours,
      },
      { clientId: "id", clientSecret: "secret" },
      {
        clock: {
          now: () => nowMs,
          waitUntil: async (ms) => {
            waits.push(ms - nowMs);
            nowMs = ms;
          },
        },
        random: () => 0.5,
      },
    );
    try {
      await client.register({
        provider: "Crm",
        agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
      });
    } finally {
      await client.close();
      server.close();
    }
    expect(waits).toHaveLength(1);
    return waits[0] ?? Number.NaN;
  }

  const endpoints = ["token", "register"] as const;
  const statuses = [503, 429];
  const cases = endpoints.flatMap((endpoint) =>
    statuses.flatMap((status) =>
      clocks.map(([clock, offsetMs]) => ({ endpoint, status, clock, offsetMs })),
    ),
  );

  it.each(cases)("of $status at $endpoint with a clock that is $clock", async (row) => {
    jest.spyOn(Date, "now").mockReturnValue(Date.parse(sentAt) + row.offsetMs);
    const waits: Array<[string, number]> = [];
    for (const [form, headers] of forms) {
      waits.push([form, await waitAfter(row.endpoint, row.status, headers)]);
    }
    expect(waits).toEqual(forms.map(([form, , waitMs]) => [form, waitMs]));
  });

  it.each([undefined, "", "yesterday", "1994-11-06T08:49:30Z"])(
    "as a date is relative to the client's clock if the response's date is %j",
    (date) => {
      jest.spyOn(Date, "now").mockReturnValue(Date.parse(sentAt));
      const headers = { "retry-after": at("08:49:37"), ...(date !== undefined && { date }) };
      expect(retryAfterMs(headers)).toBe(7000);
    },
  );

  it.each([-24 * hours, 24 * hours])(
    "is waited for although the system's time changes by %i ms",
    async (changeMs) => {
      const sleeps: number[] = [];
      const clock = createClock({
        sleep: async (ms) => {
          sleeps.push(ms);
          jest.spyOn(Date, "now").mockReturnValue(Date.parse(sentAt) + changeMs);
          await new Promise((resolve) => setTimeout(resolve, ms));
        },
        log: () => {},
      });
      const start = performance.now();
      await clock.waitUntil(clock.now() + 50, "429");
      expect(performance.now() - start).toBeGreaterThanOrEqual(50);
      expect(sleeps.reduce((sum, ms) => sum + ms)).toBeLessThan(60);
    },
  );
});
