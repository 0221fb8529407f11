// One registration in every account of the configuration. Add an account with
//
//   pulumi config set --path vcc:accounts.acme.region emea
//   pulumi config set --path vcc:accounts.acme.clientId 1234
//   pulumi config set --path vcc:accounts.acme.clientSecret --secret

import * as pulumi from "@pulumi/pulumi";
import { accountNames, bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();

for (const account of accountNames()) {
  new VccProvider(`crm-${account}`, {
    account,
    provider: "CrmIntegration",
    endpoint: `https://crm.example.com/vcc/${account}`,
    headers: { Authorization: bearer(config.requireSecret("callbackToken")) },
    agentActionsPermitted: { hold: true },
  });
}
