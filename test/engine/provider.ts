import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A provider process that engines attach to, instead of starting one for each operation. */
export interface AttachedProvider {
  /** What an engine needs to attach. */
  environment: Record<string, string>;
  /**
   * Runs an operation with the environment that the engine would hand to its own provider process.
   *
   * @param onLog gets what the process writes to standard error, as the engine would
   */
  serve<Result>(
    environment: Record<string, string>,
    onLog: (text: string) => void,
    operation: () => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

const root = join(__dirname, "../..");

export async function startAttachedProvider(): Promise<AttachedProvider> {
  const child = fork(join(__dirname, "attached-provider.cjs"), [""], {
    // The code in the state resolves the package from here.
    cwd: root,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ port }] = await once(child, "message");

  /** Messages arrive in order, so what was logged before has arrived, too. */
  async function setEnvironment(environment: Record<string, string>): Promise<void> {
    const answered = answer(child);
    child.send({ environment });
    await answered;
  }

  return {
    environment: { PULUMI_DEBUG_PROVIDERS: `pulumi-nodejs:${port}` },
    async serve(environment, onLog, operation) {
      await setEnvironment(environment);
      const listen = ({ log = "" }: { log?: string }) => onLog(log);
      child.on("message", listen);
      try {
        return await operation();
      } finally {
        await setEnvironment({});
        child.off("message", listen);
      }
    },
    async close() {
      const closed = once(child, "close");
      child.kill();
      await closed;
    },
  };
}

function answer(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on("message", function listen(message: { ready?: true }) {
      if (!message.ready) return;
      child.off("message", listen);
      resolve();
    });
  });
}
