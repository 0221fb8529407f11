import { appendFileSync } from "node:fs";

/** Adds to a count that the test run prints at its end, like `hostile inputs: 300`. */
export function count(name: string, number: number): void {
  const file = process.env.PULUMI_VCC_TEST_COUNTS;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, number })}\n`);
}
