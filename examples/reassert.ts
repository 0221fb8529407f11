// VCC does not tell what somebody else overwrote: register again once a day, whatever happened. What
// does not say it itself follows `vcc:reassertEvery` of the stack, or is never repeated.
import { VccProvider } from "pulumi-vcc";

new VccProvider("daily", {
  provider: "Daily",
  agentActionsPermitted: {},
  reassertEvery: "1d",
});

new VccProvider("as-the-stack-says", {
  provider: "AsTheStackSays",
  agentActionsPermitted: {},
});
