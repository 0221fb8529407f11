// The registrations of `vcc.ts`, for three accounts in one stack.

import { bearer, VccAccount, VccProvider } from "pulumi-vcc";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const callbackToken = config.requireSecret("callbackToken");
const apiKey = config.requireSecret("apiKey");

for (const region of ["emea", "nam", "apac"] as const) {
  const account = new VccAccount(region, {
    region,
    clientId: region,
    clientSecret: config.requireSecret("clientSecret"),
    apiUrl: config.require(`${region}ApiUrl`),
    authUrl: config.require(`${region}AuthUrl`),
  });
  for (let i = 0; i < config.requireNumber("count"); i++) {
    new VccProvider(
      `crm-${region}-${i}`,
      {
        provider: `Crm${i}`,
        endpoint: `https://crm.example.com/vcc/${i}`,
        headers: {
          Authorization: bearer(pulumi.interpolate`${callbackToken}-${i}`),
          "X-Api-Key": pulumi.interpolate`${apiKey}-${i}`,
        },
        agentActionsPermitted: { release: true, hold: true },
      },
      { provider: account },
    );
  }
}
