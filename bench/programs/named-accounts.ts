// One registration in each named account.

import * as pulumi from "@pulumi/pulumi";
import { accountNames, bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();
const callbackToken = config.requireSecret("callbackToken");
const apiKey = config.requireSecret("apiKey");

for (const account of accountNames()) {
  const i = account.replace("account-", "");
  new VccProvider(account, {
    account,
    provider: `Crm${i}`,
    endpoint: `https://crm.example.com/vcc/${i}`,
    headers: {
      Authorization: bearer(pulumi.interpolate`${callbackToken}-${i}`),
      "X-Api-Key": pulumi.interpolate`${apiKey}-${i}`,
    },
    agentActionsPermitted: { release: true, hold: true },
  });
}
