import type { Environment } from "./setting-sources";

/**
 * Makes messages show VCC's responses whole. Only the environment of a run can set it: it concerns no
 * account, and it must not stay in the configuration of a stack.
 */
export const showAnswersVariable = "VCC_SHOW_ANSWERS";

export function showsAnswers(environment: Environment): boolean {
  return environment[showAnswersVariable] === "true";
}
