import type { dynamic } from "@pulumi/pulumi";
import { alwaysSecret, declarationIn } from "../contract/declaration";
import { secretOf } from "../contract/secret";

type Check = Required<dynamic.ResourceProvider>["check"];

/**
 * Marks the secrets in the result of `check`, and so in the state. The engine does that only for what it got as
 * a secret: transforms of an inline program and `pulumi.unsecret` remove the mark. Outputs are secret if inputs
 * of their name are.
 */
export function withSecretInputs(check: Check): Check {
  return async (olds, news) => {
    const { inputs, ...result } = await check(olds, news);
    if (inputs === undefined) return result;
    const { secret = [] } = declarationIn(news);
    const marked = Object.entries(inputs).map(([key, value]) => [
      key,
      alwaysSecret.includes(key) || secret.includes(key) ? secretOf(value) : value,
    ]);
    return { ...result, inputs: Object.fromEntries(marked) };
  };
}
