import { appendFileSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OpenTofuTools } from "./opentofu-tools.mts";
import { cleanEnvironment, type Operation, type Project, type ProjectOptions } from "./project.mts";
import { clientSecret, type Workload } from "./workload.mts";

export interface OpenTofuOptions extends ProjectOptions {
  openTofu: OpenTofuTools;
}

const commands: Record<Operation, string[]> = {
  up: ["apply", "-auto-approve"],
  // Exits with 2 if there are changes.
  preview: ["plan", "-detailed-exitcode"],
  noop: ["apply", "-auto-approve"],
  edit: ["apply", "-auto-approve"],
  rotate: ["apply", "-auto-approve"],
};

export function createOpenTofuProject({ directory, server, openTofu }: OpenTofuOptions): Project {
  const env = openTofuEnvironment(directory, openTofu);
  const stateFile = join(directory, "terraform.tfstate");
  const program = join(directory, "main.tf");
  copyFileSync(join(import.meta.dirname, "programs/restapi.tf"), program);
  let workload: Workload | undefined;

  return {
    async prepare(first) {
      rmSync(stateFile, { force: true });
      rmSync(`${stateFile}.backup`, { force: true });
      workload = first;
    },
    async change(next) {
      workload = next;
    },
    edit: () => appendFileSync(program, "# edited\n"),
    command: (operation) => ({
      program: join(openTofu.directory, "tofu"),
      args: [...commands[operation], "-input=false", "-no-color"],
      cwd: directory,
      env: {
        ...env,
        TF_VAR_api: server.url,
        TF_VAR_token_endpoint: server.authUrl,
        TF_VAR_client_id: server.clientId,
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

/** Makes OpenTofu take the provider from the tools instead of a registry. */
function openTofuEnvironment(directory: string, { directory: tools }: OpenTofuTools) {
  const settings = join(directory, "tofu.rc");
  writeFileSync(
    settings,
    `provider_installation {
  dev_overrides { "registry.opentofu.org/Mastercard/restapi" = ${JSON.stringify(tools)} }
}
`,
  );
  return { ...cleanEnvironment(directory), TF_CLI_CONFIG_FILE: settings };
}
