import { ApiError, NetworkError } from "../../provider/errors";
import { retry } from "../../provider/retry";

function policy() {
  const delays: number[] = [];
  return {
    delays,
    attempts: 3,
    sleep: async (ms: number) => void delays.push(ms),
    random: () => 0.5,
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
  it("repeats what is retryable, each time after a longer delay", async () => {
    const { delays, ...options } = policy();
    await expect(
      retry(failing(2, new NetworkError("reset", { sent: true })), options),
    ).resolves.toBe(3);
    expect(delays).toEqual([250, 500]);
  });

  it("gives up after the last attempt with the last error", async () => {
    const error = new ApiError("503", 503);
    const { delays, ...options } = policy();
    await expect(retry(failing(3, error), options)).rejects.toBe(error);
    expect(delays).toHaveLength(2);
  });

  it.each([new ApiError("400", 400), new Error("a bug")])(
    "does not repeat what is final: %s",
    async (error) => {
      const { delays, ...options } = policy();
      await expect(retry(failing(1, error), options)).rejects.toBe(error);
      expect(delays).toEqual([]);
    },
  );
});
