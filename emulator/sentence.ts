import { z } from "zod";

/** The first thing that is wrong with a body, after the path to it. */
export function sentenceOf({ issues: [issue] }: z.ZodError): string {
  const path = z.core.toDotPath(issue?.path ?? []);
  return path === "" ? `The body is wrong: ${issue?.message}` : `${path}: ${issue?.message}`;
}
