import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "./measurement.mts";
import { openTofuEnvironment } from "./opentofu-project.mts";
import type { OpenTofuTools } from "./opentofu-tools.mts";
import { createPulumiDirectory, type PulumiEngine } from "./pulumi-directory.mts";
import type { Server } from "./server.mts";
import { clientSecret, createWorkload } from "./workload.mts";

/** A way to make one registration in each of several accounts. */
export interface AccountCandidate {
  title: string;
  /** With more accounts, one run takes too long. */
  maxAccounts: number;
  /** Forgets what was declared before, and declares one registration on each server. */
  prepare(servers: readonly Server[]): Promise<void>;
  command(operation: "up" | "noop"): Command;
}

const workload = createWorkload(1, 1);
const stack = "dev";

/**
 * @param program in `programs/`
 * @param environmentFor how the program learns of the accounts
 */
export function createPulumiCandidate(
  { title, maxAccounts }: Pick<AccountCandidate, "title" | "maxAccounts">,
  directory: string,
  engine: PulumiEngine,
  program: string,
  environmentFor: (servers: readonly Server[]) => Record<string, string>,
): AccountCandidate {
  const pulumi = createPulumiDirectory(directory, program, engine);
  let environment: Record<string, string> = {};
  const commands = {
    up: ["up", "--yes", "--skip-preview"],
    noop: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
  };
  return {
    title,
    maxAccounts,
    async prepare(servers) {
      environment = environmentFor(servers);
      await pulumi.clear(stack);
      await pulumi.run("stack", "init", stack);
      const { callbackToken, apiKey } = workload;
      await pulumi.run(
        ...["config", "set-all", "--plaintext", `count=${servers.length}`],
        ...["--secret", `callbackToken=${callbackToken}`, "--secret", `apiKey=${apiKey}`],
      );
    },
    command(operation) {
      const command = pulumi.command(...commands[operation]);
      return { ...command, env: { ...command.env, ...environment } };
    },
  };
}

/** Account name → settings of a `VccAccount`, one for each server. */
export function settingsOf(servers: readonly Server[]): string {
  const entries = servers.map(({ clientId, apiUrl, authUrl }) => [
    clientId,
    { region: "emea", clientId, clientSecret, apiUrl, authUrl },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** OpenTofu starts one process for all configurations of a provider that differ by alias. */
export function createOpenTofuCandidate(
  directory: string,
  openTofu: OpenTofuTools,
): AccountCandidate {
  const env = openTofuEnvironment(directory, openTofu);
  return {
    title: "OpenTofu with restapi, an alias each",
    maxAccounts: 30,
    async prepare(servers) {
      for (const name of ["terraform.tfstate", "terraform.tfstate.backup"]) {
        rmSync(join(directory, name), { force: true });
      }
      const requirement =
        'terraform {\n  required_providers {\n    restapi = { source = "Mastercard/restapi" }\n  }\n}\n';
      writeFileSync(join(directory, "main.tf"), requirement + servers.map(tofuAccount).join("\n"));
    },
    command: () => ({
      program: join(openTofu.directory, "tofu"),
      args: ["apply", "-auto-approve", "-input=false", "-no-color"],
      cwd: directory,
      env,
    }),
  };
}

function tofuAccount({ clientId, url, authUrl }: Server): string {
  const { callbackToken, apiKey } = workload;
  return `
provider "restapi" {
  alias         = "${clientId}"
  uri           = "${url}"
  id_attribute  = "provider"
  update_method = "POST"
  headers       = { Accept = "application/vnd.newvoicemedia.v1+json" }
  oauth_client_credentials {
    oauth_client_id      = "${clientId}"
    oauth_client_secret  = "${clientSecret}"
    oauth_token_endpoint = "${authUrl}"
    oauth_scopes         = ["interactions:write"]
  }
}

resource "restapi_object" "${clientId}" {
  provider    = restapi.${clientId}
  path        = "/interactions/Register"
  update_path = "/interactions/Register"
  read_path   = "/bench/registrations/{id}"
  data = jsonencode({
    provider              = "Crm0"
    endpoint              = "https://crm.example.com/vcc/0"
    headers               = { Authorization = "Bearer ${callbackToken}-0", "X-Api-Key" = "${apiKey}-0" }
    agentactionspermitted = { release = 1, hold = 1, transferToAgent = 0, transferToRoute = 0 }
  })
}
`;
}
