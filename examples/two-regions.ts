// One program, two regions: `vcc:accounts` contains an account named `emea` and one named `nam`, each with its
// region and credentials.

import * as pulumi from "@pulumi/pulumi";
import { bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();

for (const account of ["emea", "nam"]) {
  new VccProvider(`crm-${account}`, {
    account,
    provider: "CrmIntegration",
    endpoint: `https://${account}.crm.example.com/vcc`,
    headers: { Authorization: bearer(config.requireSecret("callbackToken")) },
    agentActionsPermitted: { hold: true },
  });
}
