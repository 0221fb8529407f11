import * as pulumi from "@pulumi/pulumi";
import { bearer, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();
const callbackToken = config.requireSecret("callbackToken");
const apiKey = config.requireSecret("apiKey");

for (let i = 0; i < config.requireNumber("count"); i++) {
  new VccProvider(`crm-${i}`, {
    provider: `Crm${i}`,
    endpoint: `https://crm.example.com/vcc/${i}`,
    headers: {
      Authorization: bearer(pulumi.interpolate`${callbackToken}-${i}`),
      "X-Api-Key": pulumi.interpolate`${apiKey}-${i}`,
    },
    agentActionsPermitted: { release: true, hold: true },
  });
}
