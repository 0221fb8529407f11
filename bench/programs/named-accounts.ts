// One registration in each named account.

import * as pulumi from "@pulumi/pulumi";
import { accountNames, bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();

for (const account of accountNames()) {
  new VccProvider(account, {
    account,
    provider: "Crm0",
    endpoint: "https://crm.example.com/vcc/0",
    headers: {
      Authorization: bearer(pulumi.interpolate`${config.requireSecret("callbackToken")}-0`),
      "X-Api-Key": pulumi.interpolate`${config.requireSecret("apiKey")}-0`,
    },
    agentActionsPermitted: { release: true, hold: true },
  });
}
