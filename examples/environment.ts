// The state contains no header value, not even encrypted: only the provider process reads these variables of the
// `pulumi` command. A changed value shows up in the next preview.
import { basic, bearer, fromEnvironment, secretText, VccProvider } from "pulumi-vcc";

new VccProvider("crm", {
  provider: "CrmIntegration",
  endpoint: "https://crm.example.com/vcc",
  headers: {
    Authorization: bearer(fromEnvironment("CRM_TOKEN")),
    "X-Api-Key": secretText`key=${fromEnvironment("CRM_KEY")}; version=1`,
  },
  agentActionsPermitted: {},
});

new VccProvider("recording", {
  provider: "Recording",
  endpoint: "https://recording.example.com/vcc",
  headers: { Authorization: basic("vcc", fromEnvironment("RECORDING_PASSWORD")) },
  agentActionsPermitted: {},
});
