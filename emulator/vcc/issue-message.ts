import { z } from "zod";

/** Describes the first issue of a body, after the path to it. */
export function describeIssue({ issues: [issue] }: z.ZodError): string {
  const path = z.core.toDotPath(issue?.path ?? []);
  return path === "" ? `The body is invalid: ${issue?.message}` : `${path}: ${issue?.message}`;
}
