import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { startPostgres } from "../../tools/database-servers.mts";
import { freePort } from "../../tools/free-port.mts";

const root = join(__dirname, "../..");

/** Where Pulumi keeps the states of stacks. */
export interface Backend {
  /** What Pulumi needs to find it. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

/** @param directory empty, for the data of the server */
export type StartBackend = (directory: string) => Promise<Backend>;

export const backends: Record<string, StartBackend> = {
  "a directory of files": async (directory) => ({
    environment: { PULUMI_BACKEND_URL: `file://${directory}` },
    close: async () => {},
  }),
  PostgreSQL: startPostgresql,
  "an S3 server": startS3Server,
};

async function startPostgresql(): Promise<Backend> {
  const { url, stop } = await startPostgres();
  return { environment: { PULUMI_BACKEND_URL: `${url}?sslmode=disable` }, close: stop };
}

async function startS3Server(): Promise<Backend> {
  const port = await freePort();
  const program = execFileSync(
    "go",
    ["-C", join(root, "tools/s3-server"), "tool", "-n", "gofakes3"],
    {
      encoding: "utf8",
    },
  ).trim();
  const options = ["-backend", "memory", "-initialbucket", "pulumi", "-quiet"];
  const server = spawn(program, ["-host", `127.0.0.1:${port}`, ...options], { stdio: "ignore" });
  await listening(server, port);
  const query = `endpoint=http://127.0.0.1:${port}&use_path_style=true&region=us-east-1`;
  return {
    environment: {
      PULUMI_BACKEND_URL: `s3://pulumi?${query}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    close: () => end(server),
  };
}

/** Resolves when a server accepts connections. */
async function listening(server: ChildProcess, port: number): Promise<void> {
  while (server.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const connected = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${server.spawnfile} has ended with ${server.exitCode}`);
}

async function end(server: ChildProcess): Promise<void> {
  const ended = once(server, "close");
  server.kill("SIGINT");
  await ended;
}
