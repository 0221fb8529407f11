import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { startEchoingGateway } from "./echoing-gateway";
import type { Places } from "./places";
import { createProject, environmentOf } from "./project";
import { canary, escapedCanary } from "./secrets";

const root = join(__dirname, "../..");
/** What a credential may contain and an encoder escapes. */
const printable = `"\\/&<>'+%=;`;
const proxyPassword = canary("proxy");

/** Secrets of every kind, by name. */
export const configured = {
  bearerToken: escapedCanary("bearer"),
  headerValue: escapedCanary("value", `é${printable}`),
  basicPassword: escapedCanary("password", `:${printable}`),
  endpointQuery: canary("query"),
  clientSecret: escapedCanary("client", printable),
  accessToken: escapedCanary("access", printable),
  namedAccessToken: escapedCanary("named", printable),
};
/** Where the configuration contains what no registration uses. */
const settingPaths: Record<string, string> = {
  clientSecret: "vcc:accounts.americas.clientSecret",
  accessToken: "vcc:accounts.americas.accessToken",
  namedAccessToken: "vcc:accounts.acme.accessToken",
};
/** Of an account that only the environment names. */
export const variableToken = escapedCanary("token", printable);
export const rotated = {
  bearerToken: escapedCanary("bearer"),
  headerValue: escapedCanary("value", `é${printable}`),
  basicPassword: escapedCanary("password", `:${printable}`),
};
export const variable = escapedCanary("variable");
export const rotatedVariable = escapedCanary("variable");
/** What only the provider process reads, by the name of its variable. */
export const referenced = { REFERENCED: escapedCanary("referenced"), PASSWORD: canary("basic") };
export const rotatedReferenced = {
  REFERENCED: escapedCanary("referenced"),
  PASSWORD: canary("basic"),
};

/** Registrations with every kind of secret, in every kind of account. */
const program = `
  import * as pulumi from "@pulumi/pulumi";
  import { basic, bearer, fromEnvironment, secretText, VccProvider } from "pulumi-vcc";
  const config = new pulumi.Config();
  new VccProvider("crm", {
    provider: "Crm",
    endpoint: config.requireSecret("endpointQuery").apply((query) => "https://crm.example.com/?key=" + query),
    headers: {
      Authorization: bearer(config.requireSecret("bearerToken")),
      "X-Api-Key": config.requireSecret("headerValue"),
      "X-Variable": pulumi.secret(process.env.VARIABLE ?? ""),
      "X-Referenced": secretText\`key=\${fromEnvironment("REFERENCED")}\`,
      ...(process.env.INVALID && { "X Invalid": config.requireSecret("headerValue") }),
    },
    agentActionsPermitted: { hold: true },
  });
  new VccProvider("other", {
    account: "americas",
    provider: "Other",
    headers: { Authorization: basic("user", config.requireSecret("basicPassword")) },
    agentActionsPermitted: {},
  });
  for (const account of ["acme", "beta"]) {
    const headers = { Authorization: basic("vcc", fromEnvironment("PASSWORD")) };
    new VccProvider(account, { account, provider: account, headers, agentActionsPermitted: {} });
  }
`;

export type LeakScene = Awaited<ReturnType<typeof createLeakScene>>;

/** A project full of secrets, and a VCC that the emulator's command runs. */
export async function createLeakScene(places: Places) {
  const client = { clientId: "id", clientSecret: configured.clientSecret };
  const project = await createProject("tarball");
  const { directory, stack } = project;
  const passphrase = stack.workspace.envVars.PULUMI_CONFIG_PASSPHRASE ?? "";
  const emulator = await startEmulatorCommand(client, (line) =>
    places.add("terminal of the emulator", "emulator", line),
  );
  const gateway = await startEchoingGateway(emulator, client, [
    configured.accessToken,
    configured.namedAccessToken,
    variableToken,
  ]);

  function setEnvironment(changes: Record<string, string>) {
    project.setEnvironment({
      ...environmentOf(gateway, client),
      VARIABLE: variable,
      ...referenced,
      VCC_ACCOUNTS: JSON.stringify({ beta: { accessToken: variableToken } }),
      NO_PROXY: "127.0.0.1",
      ...changes,
    });
  }

  async function configure(secrets: Record<string, string>) {
    const entries = Object.entries(secrets).map(([name, value]) => [
      settingPaths[name] ?? name,
      { value, secret: true },
    ]);
    await stack.setAllConfig(Object.fromEntries(entries), true);
  }

  // Ordinary operations leave nothing there.
  writeFileSync(join(directory, "temporary/searched"), "no secret");
  project.write(program);
  setEnvironment({});
  await configure(configured);
  await stack.setConfig("vcc:accounts.americas.region", { value: "nam" }, true);
  await stack.setConfig("vcc:accounts.americas.clientId", { value: client.clientId }, true);

  return {
    ...project,
    emulator,
    gateway,
    setEnvironment,
    configure,
    /** In addition to `configured`, `rotated` and the variables. */
    ownSecrets: { passphrase, proxyPassword },
    /** The gateway as a proxy, with credentials. */
    proxyEnvironment: {
      VCC_API_URL: "https://vcc.example.com/interactions",
      VCC_AUTH_URL: "https://vcc.example.com/token",
      HTTPS_PROXY: gateway.url.replace("//", `//user:${proxyPassword}@`),
    },

    /** Runs the CLI, and adds what it prints. @returns its exit code */
    run(into: Places, ...args: string[]): Promise<number> {
      const env = { ...process.env, ...stack.workspace.envVars, PULUMI_STACK: "dev" };
      return new Promise((resolve) => {
        execFile(
          "pulumi",
          [...args, "--non-interactive", "--color", "never"],
          { cwd: directory, env, maxBuffer: Number.POSITIVE_INFINITY },
          (error, stdout, stderr) => {
            into.add("stdout of Pulumi", args.join(" "), stdout);
            into.add("stderr of Pulumi", args.join(" "), stderr);
            resolve(error ? Number(error.code) : 0);
          },
        );
      });
    },

    /** Expects an operation of the Automation API to fail; adds its error with all causes. */
    async fail(name: string, operation: Promise<unknown>): Promise<void> {
      const error = await operation.then(
        () => Promise.reject(new Error(`${name} has succeeded`)),
        (reason) => reason,
      );
      const text = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
      places.add("errors of the Automation API", name, text);
    },

    /** Runs `pulumi-vcc drift`; its files are added with all others. */
    inspectDrift(): Promise<void> {
      const reports = mkdtempSync(join(directory, "reports-"));
      const files = { json: "drift.json", junit: "drift.xml", markdown: "drift.md" };
      const formats = Object.entries(files).flatMap(([format, file]) => [
        ...["--format", format, "--output", join(reports, file)],
      ]);
      return new Promise((resolve) => {
        execFile(
          process.execPath,
          [
            join(directory, "node_modules/pulumi-vcc/dist/cli/main.js"),
            ...["drift", "--format", "text", ...formats],
          ],
          {
            cwd: directory,
            env: {
              ...process.env,
              ...stack.workspace.envVars,
              ...environmentOf(gateway),
              GITHUB_ACTIONS: "true",
              GITHUB_STEP_SUMMARY: join(reports, "summary"),
              GITHUB_OUTPUT: join(reports, "output"),
            },
          },
          (_error, stdout, stderr) => {
            places.add("drift report: terminal", "drift", stdout + stderr);
            resolve();
          },
        );
      });
    },

    async addPageOfEmulator(): Promise<void> {
      for (const path of ["", "registrations", "requests", "callbacks", "faults", "behavior"]) {
        const url = `${emulator.url}/${path && `_emulator/${path}`}`;
        places.add("page of the emulator", path, await (await fetch(url)).text());
      }
    },

    async close(): Promise<void> {
      gateway.close();
      await emulator.close();
      project.remove();
    },
  };
}

async function startEmulatorCommand(
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
  onOutput: (text: string) => void,
) {
  const child = spawn(process.execPath, [
    join(root, "dist/cli/main.js"),
    ...["emulator", "--port", "0", "--client-id", clientId, "--client-secret", clientSecret],
  ]);
  const ended = once(child, "close");
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.once("close", () => reject(new Error(`the emulator ended: ${output}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        onOutput(text);
        output += text;
        const [, found] = /listening on (\S+)\. /.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
  });
  return {
    url,
    authUrl: `${url}/Auth/connect/token`,
    async close() {
      child.kill();
      await ended;
    },
  };
}
