// The same resources, with a provider that does nothing: what is left is the time of the engine and of the SDK,
// with a dynamic provider as the documentation teaches it.
import * as pulumi from "@pulumi/pulumi";

const nothing: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => ({ id: inputs.provider, outs: inputs }),
  update: async (_id, _olds, news) => ({ outs: news }),
};

class Nothing extends pulumi.dynamic.Resource {
  constructor(name: string, inputs: pulumi.Inputs) {
    super(nothing, name, inputs);
  }
}

const config = new pulumi.Config();
const callbackToken = config.requireSecret("callbackToken");
const apiKey = config.requireSecret("apiKey");

for (let i = 0; i < config.requireNumber("count"); i++) {
  new Nothing(`crm-${i}`, {
    provider: `Crm${i}`,
    endpoint: `https://crm.example.com/vcc/${i}`,
    headers: {
      Authorization: pulumi.interpolate`Bearer ${callbackToken}-${i}`,
      "X-Api-Key": pulumi.interpolate`${apiKey}-${i}`,
    },
    agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
  });
}
