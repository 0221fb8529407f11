import type { EngineEvent, OpMap, Stack } from "@pulumi/pulumi/automation";

const operations = ["up", "preview", "refresh", "destroy"] as const;

/**
 * Makes the operations of a stack print without colors and be recorded, and leaves out the three commands that
 * would follow each: they read its outputs and its summary.
 *
 * @param around runs an operation
 * @returns what all operations have printed so far
 */
export function recorded(
  stack: Stack,
  around: <Result>(run: () => Promise<Result>) => Promise<Result> = (run) => run(),
): { output(): string; record(text: string): void } {
  let output = "";
  const record = (text: string) => {
    output += text;
  };
  let resourceChanges: OpMap | undefined;
  for (const operation of operations) {
    const run = stack[operation].bind(stack) as (options: object) => Promise<unknown>;
    const recordedRun = (options: { onEvent?(event: EngineEvent): void } = {}) =>
      around(() =>
        run({
          color: "never",
          ...options,
          onOutput: record,
          onError: record,
          onEvent(event: EngineEvent) {
            options.onEvent?.(event);
            resourceChanges = event.summaryEvent?.resourceChanges ?? resourceChanges;
          },
        }),
      );
    Object.assign(stack, { [operation]: recordedRun });
  }
  Object.assign(stack, { outputs: async () => ({}), info: async () => ({ resourceChanges }) });
  return { output: () => output, record };
}
