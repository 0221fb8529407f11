import { withMessage } from "../errors";
import { type RegistrationInputs, registrationLabel } from "./state";

type Registration = Pick<RegistrationInputs, "provider" | "region" | "account">;

/**
 * Holds the failures of registrations back until the other registrations are done. The engine begins
 * nothing new after a failure, so one account that rejects its credentials would keep the
 * registrations of all others from being made.
 *
 * Without named accounts, failures are not held. While held, a failure occupies one of the operations
 * that the engine runs in parallel. If nothing happens for a while, all are released.
 */
export interface HeldFailures {
  /** A registration is declared: it will be sent, or turn out to be unchanged. */
  expect(registration: Registration): void;
  /** A registration is being sent, or waits for VCC. It ends at its deadline. */
  begin(registration: Registration): void;
  /** A registration is done. */
  settle(registration: Registration): void;
  /**
   * Rejects with the error of a registration, once it is released. Of several with one cause in one
   * account, the first names all.
   */
  hold(registration: Registration, error: Error): Promise<never>;
}

interface Held {
  label: string;
  account: string | undefined;
  error: Error;
  reject(error: Error): void;
}

const maxNames = 10;

/**
 * @param areHeld whether there are named accounts
 * @param options.quietMs how long after the last call of the engine no other registration is expected
 * @param options.maxIdleMs how long to wait for an expected registration that does not come: the
 *   engine may have no operation left for it, or a target may exclude it
 */
export function createHeldFailures(
  areHeld: () => boolean,
  { quietMs = 1000, maxIdleMs = 5000 } = {},
): HeldFailures {
  const sending = new Set<string>();
  const expected = new Set<string>();
  let held: Held[] = [];
  let timer: NodeJS.Timeout | undefined;

  function waitAgain(): void {
    clearTimeout(timer);
    if (held.length === 0 || sending.size > 0) return;
    timer = setTimeout(release, expected.size === 0 ? quietMs : maxIdleMs);
  }

  function release(): void {
    const released = held;
    held = [];
    for (const group of Map.groupBy(released, causeOf).values()) {
      const [first, ...others] = group;
      first?.reject(withAllNames(first, group));
      for (const { account, error, reject } of others) {
        const prefix = account === undefined ? "" : `account ${JSON.stringify(account)}: `;
        reject(withText(error, `${prefix}the same error as for ${first?.label}`));
      }
    }
  }

  return {
    expect(registration) {
      expected.add(registrationLabel(registration));
      waitAgain();
    },
    begin(registration) {
      sending.add(registrationLabel(registration));
      waitAgain();
    },
    settle(registration) {
      expected.delete(registrationLabel(registration));
      sending.delete(registrationLabel(registration));
      waitAgain();
    },
    hold(registration, error) {
      const { account } = registration;
      this.settle(registration);
      if (!areHeld()) return Promise.reject(error);
      return new Promise((_resolve, reject) => {
        held.push({ label: registrationLabel(registration), account, error, reject });
        waitAgain();
      });
    },
  };
}

function causeOf({ account, error }: Held): string {
  return JSON.stringify([account, error.message]);
}

function withAllNames({ error }: Held, group: readonly Held[]): Error {
  if (group.length === 1) return error;
  const labels = group.map(({ label }) => label);
  const more = labels.length > maxNames ? ` and ${labels.length - maxNames} more` : "";
  const names = `${labels.slice(0, maxNames).join(", ")}${more}`;
  return withText(error, `${error.message} (${labels.length} registrations: ${names})`);
}

/** If the outcome is unknown, the engine prints the reasons instead of the message. */
function withText(error: Error, text: string): Error {
  const copy = withMessage(error, text);
  return "reasons" in error ? Object.assign(copy, { reasons: [text] }) : copy;
}
