// The same resources with a provider that does nothing, written as Pulumi's documentation recommends. It
// measures the time of the engine and the SDK alone.
import * as pulumi from "@pulumi/pulumi";

const noopProvider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => ({ id: inputs.provider, outs: inputs }),
  update: async (_id, _olds, news) => ({ outs: news }),
};

class NoopResource extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: pulumi.Inputs) {
    super(noopProvider, name, inputs);
  }
}

const config = new pulumi.Config();
const callbackToken = config.requireSecret("callbackToken");
const apiKey = config.requireSecret("apiKey");

for (let i = 0; i < config.requireNumber("count"); i++) {
  new NoopResource(`crm-${i}`, {
    provider: `Crm${i}`,
    endpoint: `https://crm.example.com/vcc/${i}`,
    headers: {
      Authorization: pulumi.interpolate`Bearer ${callbackToken}-${i}`,
      "X-Api-Key": pulumi.interpolate`${apiKey}-${i}`,
    },
    agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
  });
}
