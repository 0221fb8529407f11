/** The longest delay that timers support. Unit: milliseconds. */
export const maxTimerMs = 2 ** 31 - 1;

/** A signal that aborts after a timeout of any length, which may have passed already. */
export function timeoutSignal(timeoutMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, Math.min(Math.ceil(timeoutMs), maxTimerMs)));
}

/**
 * Settles as the work does, but rejects as soon as the signal aborts. The work itself continues.
 */
export function raceAgainst<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
