// A dynamic provider as a user would write it: it follows Pulumi's documentation, avoids the pitfalls named
// there, and only sends the requests.
import * as pulumi from "@pulumi/pulumi";

interface Registration {
  provider: string;
  endpoint: string;
  headers: Record<string, string>;
  agentactionspermitted: Record<string, 0 | 1>;
}

class RegistrationProvider implements pulumi.dynamic.ResourceProvider {
  private token?: Promise<string>;

  async create(inputs: Registration): Promise<pulumi.dynamic.CreateResult> {
    await this.register(inputs);
    return { id: inputs.provider, outs: inputs };
  }

  async diff(
    _id: pulumi.ID,
    olds: Registration,
    news: Registration,
  ): Promise<pulumi.dynamic.DiffResult> {
    const same = (key: keyof Registration) =>
      JSON.stringify(olds[key]) === JSON.stringify(news[key]);
    return {
      changes: !(
        same("provider") &&
        same("endpoint") &&
        same("headers") &&
        same("agentactionspermitted")
      ),
      replaces: same("provider") ? [] : ["provider"],
    };
  }

  async update(
    _id: pulumi.ID,
    _olds: Registration,
    news: Registration,
  ): Promise<pulumi.dynamic.UpdateResult> {
    await this.register(news);
    return { outs: news };
  }

  private async register(registration: Registration): Promise<void> {
    this.token ??= this.requestToken();
    const { provider, endpoint, headers, agentactionspermitted } = registration;
    const response = await fetch(`${process.env.VCC_API_URL}/Register`, {
      method: "POST",
      headers: {
        accept: "application/vnd.newvoicemedia.v1+json",
        authorization: `Bearer ${await this.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ provider, endpoint, headers, agentactionspermitted }),
    });
    if (!response.ok) throw new Error(`Register: ${response.status} ${await response.text()}`);
    await response.text();
  }

  private async requestToken(): Promise<string> {
    const response = await fetch(`${process.env.VCC_AUTH_URL}`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: process.env.VCC_CLIENT_ID ?? "",
        client_secret: process.env.VCC_CLIENT_SECRET ?? "",
        scope: "interactions:write",
      }),
    });
    if (!response.ok) throw new Error(`token: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { access_token: string }).access_token;
  }
}

const registrationProvider = new RegistrationProvider();

interface RegistrationArgs {
  provider: pulumi.Input<string>;
  endpoint: pulumi.Input<string>;
  headers: pulumi.Input<Record<string, pulumi.Input<string>>>;
  agentactionspermitted: pulumi.Input<Record<string, 0 | 1>>;
}

class HandwrittenRegistration extends pulumi.dynamic.Resource {
  constructor(name: string, args: RegistrationArgs, options?: pulumi.CustomResourceOptions) {
    super(registrationProvider, name, args, options);
  }
}

const config = new pulumi.Config();
const callbackToken = config.requireSecret("callbackToken");
const apiKey = config.requireSecret("apiKey");

for (let i = 0; i < config.requireNumber("count"); i++) {
  new HandwrittenRegistration(`crm-${i}`, {
    provider: `Crm${i}`,
    endpoint: `https://crm.example.com/vcc/${i}`,
    headers: {
      Authorization: pulumi.interpolate`Bearer ${callbackToken}-${i}`,
      "X-Api-Key": pulumi.interpolate`${apiKey}-${i}`,
    },
    agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
  });
}
