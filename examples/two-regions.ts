// One program, two accounts: each registration goes to the account that it names as its provider.
import * as pulumi from "@pulumi/pulumi";
import { bearer, type Region, VccAccount, VccProvider } from "pulumi-vcc";

const config = new pulumi.Config();

for (const region of ["emea", "nam"] satisfies Region[]) {
  const account = new VccAccount(region, {
    region,
    clientId: config.require(`${region}ClientId`),
    clientSecret: config.requireSecret(`${region}ClientSecret`),
    // Only for trying this with two emulators. Otherwise, the region determines the URLs.
    apiUrl: config.get(`${region}ApiUrl`),
    authUrl: config.get(`${region}AuthUrl`),
  });

  new VccProvider(
    `crm-${region}`,
    {
      provider: "CrmIntegration",
      endpoint: `https://${region}.crm.example.com/vcc`,
      headers: { Authorization: bearer(config.requireSecret("callbackToken")) },
      agentActionsPermitted: { hold: true },
    },
    { provider: account },
  );
}
