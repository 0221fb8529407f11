// The second example from the API's documentation, verbatim: agents may act, but VCC sends no notifications.
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
