import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildInCache, findInCache } from "../tools/cache.mts";
import { buildGoProgram, progress, requireGo } from "../tools/go-program.mts";
import { cleanEnvironment, type Operation, type Project, type ProjectOptions } from "./project.mts";
import type { Server } from "./server.mts";
import { clientSecret, type Workload } from "./workload.mts";

/** A folder of `opentofu-tools/`, whose go.mod pins all versions, and what it builds. */
const programs = [
  {
    folder: "opentofu",
    package: "github.com/opentofu/opentofu/cmd/tofu",
    linkerFlags: "-X github.com/opentofu/opentofu/version.dev=no",
    output: "tofu",
  },
  {
    folder: "restapi",
    package: "github.com/Mastercard/terraform-provider-restapi",
    output: "terraform-provider-restapi",
  },
];
const folderOf = (name: string) => join(import.meta.dirname, "opentofu-tools", name);

/**
 * Builds OpenTofu and its generic REST provider from their Go modules on the first run.
 *
 * @returns the directory that contains both
 * @throws an Error if Go is not installed or the build fails
 */
export async function ensureOpenTofu(): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(programs));
  for (const { folder } of programs) {
    for (const file of ["go.mod", "go.sum"])
      hash.update(readFileSync(join(folderOf(folder), file)));
  }
  const name = `opentofu-${hash.digest("hex").slice(0, 8)}`;
  const build = async (directory: string) => {
    await requireGo();
    progress("building OpenTofu and restapi (first run only): about 3 minutes on 2 cores");
    for (const { folder, output, ...rest } of programs) {
      const paths = { folder: folderOf(folder), output: join(directory, "bin", output) };
      await buildGoProgram({ ...rest, ...paths });
    }
  };
  return join((await findInCache(name)) ?? (await buildInCache(name, build)), "bin");
}

const commands: Record<Operation, string[]> = {
  up: ["apply", "-auto-approve"],
  // Exits with 2 if there are changes.
  preview: ["plan", "-detailed-exitcode"],
  noop: ["apply", "-auto-approve"],
  rotate: ["apply", "-auto-approve"],
};

export function createOpenTofuProject({ directory, openTofu }: ProjectOptions): Project {
  const stateFile = join(directory, "terraform.tfstate");
  const settings = join(directory, "tofu.rc");
  const override = `"registry.opentofu.org/Mastercard/restapi" = ${JSON.stringify(openTofu)}`;
  writeFileSync(settings, `provider_installation {\n  dev_overrides { ${override} }\n}\n`);
  copyFileSync(join(import.meta.dirname, "programs/restapi.tf"), join(directory, "main.tf"));
  let workload: Workload | undefined;
  let server: Server | undefined;
  return {
    async prepare(first, [only]) {
      for (const file of [stateFile, `${stateFile}.backup`]) rmSync(file, { force: true });
      workload = first;
      server = only;
    },
    async change(next) {
      workload = next;
    },
    command: (operation) => ({
      program: join(openTofu ?? "", "tofu"),
      args: [...commands[operation], "-input=false", "-no-color"],
      cwd: directory,
      env: {
        ...cleanEnvironment(directory),
        TF_CLI_CONFIG_FILE: settings,
        TF_VAR_api: server?.url,
        TF_VAR_token_endpoint: server?.authUrl,
        TF_VAR_client_id: server?.clientId,
        TF_VAR_client_secret: clientSecret,
        TF_VAR_registrations: String(workload?.count),
        TF_VAR_callback_token: workload?.callbackToken,
        TF_VAR_api_key: workload?.apiKey,
      },
    }),
    state() {
      const text = readFileSync(stateFile, "utf8");
      const state = JSON.parse(text);
      const [objects] = state.resources;
      const registrations = objects.instances.length;
      objects.instances = [];
      return { text, textWithoutRegistrations: JSON.stringify(state, null, 2), registrations };
    },
  };
}
