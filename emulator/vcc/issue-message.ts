import * as v from "valibot";

/** Describes the first issue of a body, after the path to it. */
export function describeIssue([issue]: [v.BaseIssue<unknown>, ...unknown[]]): string {
  const path = v.getDotPath(issue);
  return path === null ? `The body is invalid: ${issue.message}` : `${path}: ${issue.message}`;
}
