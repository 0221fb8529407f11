// VCC does not show whether somebody else has overwritten a registration, so register again once a day. A
// registration without `reassertEvery` uses the stack's `vcc:reassertEvery`; if that is not set either, it is
// not repeated.
import { VccProvider } from "pulumi-vcc";

new VccProvider("daily", {
  provider: "Daily",
  agentActionsPermitted: {},
  reassertEvery: "1d",
});

new VccProvider("stack-default", {
  provider: "StackDefault",
  agentActionsPermitted: {},
});
