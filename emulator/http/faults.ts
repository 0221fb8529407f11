import { parse } from "../schema";
import type { Endpoint } from "../vcc/endpoints";
import type { Fault, FaultRule } from "./fault";
import * as schema from "./fault-schema";

export interface Faults {
  /** @throws TypeError that describes the problem */
  add(rule: FaultRule): void;
  /** Applies the first matching rule once. */
  take(endpoint: Endpoint): Fault | undefined;
  /** The rules that still apply, in order, with their remaining times. */
  all(): FaultRule[];
  clear(): void;
}

export function createFaults(onChange: () => void): Faults {
  let rules: Array<FaultRule & { times: number }> = [];

  function add(rule: FaultRule) {
    const parsed = parse(schema.FaultRule, rule);
    if ("problem" in parsed) {
      const error = new TypeError(`fault: ${parsed.problem}`);
      // The stack begins at the caller.
      Error.captureStackTrace(error, add);
      throw error;
    }
    rules.push({ ...parsed.output, times: parsed.output.times ?? 1 });
    onChange();
  }

  return {
    add,
    take(endpoint) {
      const rule = rules.find(
        ({ target }) =>
          target === endpoint || target === "any" || (target === "api" && endpoint !== "token"),
      );
      if (rule === undefined) return undefined;
      rule.times -= 1;
      rules = rules.filter(({ times }) => times > 0);
      onChange();
      return rule.fault;
    },
    all: () => structuredClone(rules),
    clear() {
      rules = [];
      onChange();
    },
  };
}
