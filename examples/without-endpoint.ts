// The second example of the API's documentation, taken verbatim: agents may act, VCC notifies nobody.
import { VccProvider } from "pulumi-vcc";

VccProvider.fromSettings("test", {
  provider: "TestProviderName",
  agentactionspermitted: {
    release: 1,
    hold: 1,
    transferToAgent: 1,
    transferToRoute: 1,
  },
});
