import * as pulumi from "@pulumi/pulumi";
import { bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();

const crm = new VccProvider("crm", {
  provider: "CrmIntegration",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: bearer(config.requireSecret("callbackToken")), "X-Tenant": "acme" },
  agentActionsPermitted: { release: true, hold: true },
});

export const registeredAt = crm.registeredAt;
