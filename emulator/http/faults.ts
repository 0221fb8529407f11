import * as v from "valibot";
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

  return {
    add(rule) {
      const { success, output, issues } = v.safeParse(schema.FaultRule, rule);
      if (!success) throw new TypeError(`fault: ${v.summarize(issues)}`);
      rules.push({ ...output, times: output.times ?? 1 });
      onChange();
    },
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
