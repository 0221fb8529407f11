// Registers receiver.mts, which then says which registration VCC uses.

import * as pulumi from "@pulumi/pulumi";
import { bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();

export const { provider } = new VccProvider("crm", {
  provider: "CrmIntegration",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: bearer(config.requireSecret("callbackToken")) },
  agentActionsPermitted: { hold: true },
  // Without it, the witness is at the origin of the endpoint.
  witness: config.get("witness") ?? true,
});
