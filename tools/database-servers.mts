import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.mts";

export interface DatabaseServer {
  url: string;
  /** Ends the server and removes its files. */
  stop(): Promise<void>;
}

/** Starts Redis on loopback, with nothing on disk. */
export async function startRedis(): Promise<DatabaseServer> {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", args, {
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  await output(server, /Ready to accept connections/);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => end(server),
  };
}

/** Starts PostgreSQL on loopback with an empty database, in a temporary directory. */
export async function startPostgres(): Promise<DatabaseServer> {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-postgres-"));
  const data = join(directory, "data");
  const user = unprivilegedUser();
  mkdirSync(data, { mode: 0o700 });
  if (user) for (const path of [directory, data]) chownSync(path, user.uid, user.gid);
  const programs = postgresPrograms();
  const options = { cwd: directory, ...user };
  execFileSync(
    join(programs, "initdb"),
    ["--pgdata", data, "--username", "vcc", "--auth", "trust", "--no-sync"],
    { ...options, stdio: "ignore" },
  );
  const port = await freePort();
  const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off" };
  const server = spawn(
    join(programs, "postgres"),
    [
      ...["-D", data, "-p", String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  await output(server, /ready to accept connections/);
  return {
    url: `postgres://vcc@127.0.0.1:${port}/postgres`,
    async stop() {
      await end(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Debian does not put them on the PATH. */
function postgresPrograms(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))
    : [];
  const directories = [
    ...(process.env.PATH ?? "").split(delimiter),
    ...versions.map((version) => join(debian, version, "bin")),
  ];
  const found = directories.find((directory) =>
    ["initdb", "postgres"].every((program) => existsSync(join(directory, program))),
  );
  if (found === undefined) throw new Error("There is no PostgreSQL server");
  return found;
}

async function output(server: ChildProcess, pattern: RegExp): Promise<void> {
  const stream = server.stdout ?? server.stderr;
  let text = "";
  for await (const chunk of stream ?? []) {
    text += chunk;
    if (pattern.test(text)) {
      stream?.resume();
      return;
    }
  }
  throw new Error(`The server has ended:\n${text}`);
}

async function end(server: ChildProcess): Promise<void> {
  const exited = once(server, "exit");
  server.kill();
  await exited;
}
