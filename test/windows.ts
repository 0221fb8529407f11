/** Runs a function while this process seems to run on Windows. */
export async function onWindows(run: () => unknown): Promise<void> {
  const platform = Object.getOwnPropertyDescriptor(process, "platform");
  Object.defineProperty(process, "platform", { ...platform, value: "win32" });
  try {
    await run();
  } finally {
    Object.defineProperty(process, "platform", platform ?? {});
  }
}
