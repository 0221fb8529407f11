import type { dynamic } from "@pulumi/pulumi";
import { VccError } from "../errors";
import { secretOf } from "../pulumi-values";
import { declarationIn, secretNames } from "../resource/properties";

type Provider = Required<dynamic.ResourceProvider>;

/**
 * Makes the engine record what VCC may hold, although the operation fails.
 *
 * @see `grpcResponseFromError` in `@pulumi/pulumi/cmd/dynamic-provider`, which reads the properties
 */
export class UnacknowledgedError extends VccError {
  readonly id: string | undefined;
  readonly properties: object | undefined;
  readonly reasons: readonly string[];

  /** @param state what to record. @default what is recorded already */
  constructor(message: string, state?: { id: string; properties: object }) {
    super(message);
    this.id = state?.id;
    this.properties = state?.properties;
    this.reasons = [message];
  }

  withMessage(message: string) {
    const { id, properties = {} } = this;
    return new UnacknowledgedError(message, id === undefined ? undefined : { id, properties });
  }
}

/**
 * Makes of a lifecycle what the engine reads: the state encrypts every secret of a `check`, and errors are shown
 * once, without stack traces.
 */
export function createProvider(lifecycle: Provider): Provider {
  return {
    ...lifecycle,
    async check(olds, news) {
      const { inputs, failures } = await shown(lifecycle.check(olds, news));
      return inputs === undefined
        ? { ...(failures !== undefined && { failures }) }
        : { inputs: withSecrets(inputs, news) };
    },
    diff: (...args) => shown(lifecycle.diff(...args)),
    read: (...args) => shown(lifecycle.read(...args)),
    delete: (...args) => shown(lifecycle.delete(...args)),
  };
}

/**
 * The engine marks only what it got as a secret: transforms of an inline program and `pulumi.unsecret` remove the
 * mark. Outputs are secret if inputs of their name are.
 */
function withSecrets(inputs: object, news: object): object {
  const { secret = [] } = declarationIn(news);
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      secretNames.includes(key) || secret.includes(key) ? secretOf(value) : value,
    ]),
  );
}

/** Pulumi's provider process prints `${error}: ${error.stack}` of these calls, and the engine prints the message. */
async function shown<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw new ShownError(
      error instanceof VccError
        ? error.message
        : `${error}. This is a bug in pulumi-vcc, please report it`,
    );
  }
}

class ShownError extends Error {
  constructor(message: string) {
    super(message);
    this.stack = message;
  }

  override toString() {
    return "pulumi-vcc";
  }
}
