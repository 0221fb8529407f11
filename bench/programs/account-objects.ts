// The registrations of `named-accounts.ts`, with a `VccAccount` for each.

import { bearer, VccAccount, type VccAccountArgs, VccProvider } from "pulumi-vcc";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const accounts: Record<string, VccAccountArgs> = JSON.parse(process.env.ACCOUNTS ?? "{}");

for (const [name, settings] of Object.entries(accounts)) {
  new VccProvider(
    name,
    {
      provider: "Crm0",
      endpoint: "https://crm.example.com/vcc/0",
      headers: {
        Authorization: bearer(pulumi.interpolate`${config.requireSecret("callbackToken")}-0`),
        "X-Api-Key": pulumi.interpolate`${config.requireSecret("apiKey")}-0`,
      },
      agentActionsPermitted: { release: true, hold: true },
    },
    { provider: new VccAccount(name, settings) },
  );
}
