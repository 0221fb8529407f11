import { VccError } from "./errors";

export interface RetryPolicy {
  /** How often to try altogether, at least 1. */
  attempts: number;
  sleep(ms: number): Promise<void>;
  /** A number from 0 up to, not including, 1. */
  random(): number;
}

const firstDelayMs = 500;

/** Repeats what may succeed when repeated; waits longer each time, by a random part of the delay. */
export async function retry<Result>(
  operation: () => Promise<Result>,
  { attempts, sleep, random }: RetryPolicy,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      const retryable = error instanceof VccError && error.retryable;
      if (!retryable || attempt >= attempts) throw error;
      await sleep(random() * firstDelayMs * 2 ** (attempt - 1));
    }
  }
}
