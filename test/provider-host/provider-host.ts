import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { isRpcSecret, unwrapRpcSecret } from "@pulumi/pulumi/runtime";
import { providerCode } from "../../provider/resource/provider-code";

const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const messages = require("@pulumi/pulumi/proto/provider_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
const { Status } = require("@pulumi/pulumi/proto/status_pb");

const root = join(__dirname, "../..");
const urn = "urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm";

type Properties = Record<string, unknown>;

export interface ProviderHost {
  /** What the state stores as the provider: the host evaluates each text once. */
  code: string;
  configure(configuration: Properties): Promise<void>;
  /** Like the engine, it does not pass on what is secret: `inputs` are in clear text. */
  check(
    olds: Properties,
    news: Properties,
  ): Promise<{
    inputs: Properties;
    secret: string[];
    failures: Array<{ property: string; reason: string }>;
  }>;
  diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{
    changes: "none" | "unknown" | "some";
    replaces: string[];
    deleteBeforeReplace: boolean;
  }>;
  create(properties: Properties): Promise<{ id: string; properties: Properties }>;
  read(
    id: string,
    properties: Properties,
  ): Promise<{ id: string; properties: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<Properties>;
  delete(id: string, properties: Properties): Promise<void>;
  /** The output so far, which the engine shows to the user. */
  stderr(): string;
  /** @param signal how the process ends. @default SIGTERM */
  close(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts Pulumi's process for dynamic providers, and speaks the engine's protocol with it. */
export async function startProviderHost({
  environment = {},
  installed = true,
  node = process.execPath,
  code = providerCode,
  engineAddress = randomUUID(),
}: {
  environment?: Record<string, string>;
  installed?: boolean;
  node?: string;
  code?: string;
  /** The same for all processes of an operation. @default an address at which nothing listens */
  engineAddress?: string;
} = {}): Promise<ProviderHost> {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-host-"));
  mkdirSync(join(directory, "node_modules"));
  if (installed) symlinkSync(root, join(directory, "node_modules/pulumi-vcc"));
  const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
  const { PATH } = process.env;
  const host = spawn(node, [script, engineAddress], {
    cwd: directory,
    env: { PATH, PULUMI_HOME: join(directory, "home"), ...environment },
  });
  let stderr = "";
  host.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const port = await firstLine(host);
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());

  // biome-ignore lint/suspicious/noExplicitAny: the generated messages have no types
  function call(method: string, request: any): Promise<any> {
    return new Promise((resolve, reject) => {
      client[method](request, (error: Error | null, response: unknown) =>
        error ? reject(error) : resolve(response),
      );
    });
  }
  // biome-ignore lint/suspicious/noExplicitAny: the generated messages have no types
  function message(type: string, fields: Properties): any {
    const request = new messages[type]();
    for (const [field, value] of Object.entries(fields)) {
      request[`set${field}`](
        typeof value === "object"
          ? Struct.fromJavaScript(
              field === "Args" ? value : { ...value, __provider: provider.code },
            )
          : value,
      );
    }
    return request;
  }

  const provider: ProviderHost = {
    code,
    async configure(configuration) {
      await call("configure", message("ConfigureRequest", { Args: configuration }));
    },
    async check(olds, news) {
      const response = await call(
        "check",
        message("CheckRequest", { Urn: urn, Olds: olds, News: news }),
      );
      const inputs = Object.entries(response.getInputs().toJavaScript());
      const secret = inputs.flatMap(([key, value]) => (isRpcSecret(value) ? [key] : []));
      return {
        inputs: Object.fromEntries(inputs.map(([key, value]) => [key, unwrapRpcSecret(value)])),
        secret,
        // biome-ignore lint/suspicious/noExplicitAny: the generated messages have no types
        failures: response.getFailuresList().map((failure: any) => failure.toObject()),
      };
    },
    async diff(id, olds, news) {
      const response = await call(
        "diff",
        message("DiffRequest", { Id: id, Urn: urn, Olds: olds, News: news }),
      );
      return {
        changes: (["unknown", "none", "some"] as const)[response.getChanges() as 0 | 1 | 2],
        replaces: response.getReplacesList(),
        deleteBeforeReplace: response.getDeletebeforereplace(),
      };
    },
    async create(properties) {
      const response = await call(
        "create",
        message("CreateRequest", { Urn: urn, Properties: properties }),
      );
      return { id: response.getId(), properties: response.getProperties().toJavaScript() };
    },
    async read(id, properties) {
      const response = await call(
        "read",
        message("ReadRequest", { Id: id, Urn: urn, Properties: properties }),
      );
      return {
        id: response.getId(),
        properties: response.getProperties().toJavaScript(),
        ...(response.hasInputs() && { inputs: response.getInputs().toJavaScript() }),
      };
    },
    async update(id, olds, news) {
      const response = await call(
        "update",
        message("UpdateRequest", { Id: id, Urn: urn, Olds: olds, News: news }),
      );
      return response.getProperties().toJavaScript();
    },
    async delete(id, properties) {
      await call("delete", message("DeleteRequest", { Id: id, Urn: urn, Properties: properties }));
    },
    stderr: () => stderr,
    async close(signal) {
      client.close();
      const closed = once(host, "close");
      host.kill(signal);
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return provider;
}

/** What the engine records of a failed create or update. `undefined` if it records nothing. */
export function recordedFailure(
  error: unknown,
): { id: string; properties: Properties } | undefined {
  const [bytes] = (error as Partial<ServiceError>).metadata?.get("grpc-status-details-bin") ?? [];
  if (bytes === undefined) return undefined;
  const [detail] = Status.deserializeBinary(bytes).getDetailsList();
  const failure = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return { id: failure.getId(), properties: failure.getProperties().toJavaScript() };
}

async function firstLine(host: ChildProcess): Promise<string> {
  const ended = once(host, "close").then(() => {
    throw new Error("the provider host ended before it was ready");
  });
  const [chunk] = await Promise.race([once(host.stdout as never, "data"), ended]);
  ended.catch(() => {});
  return String(chunk).trim();
}
