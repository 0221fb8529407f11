// Handles what VCC sends. Run it with `node receiver.mts`.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver } from "pulumi-vcc/receiver";

const { CALLBACK_TOKEN, VCC_WITNESS_TOKEN, PORT = "8080" } = process.env;
if (!CALLBACK_TOKEN || !VCC_WITNESS_TOKEN) {
  console.error("Set CALLBACK_TOKEN and VCC_WITNESS_TOKEN.");
  process.exit(1);
}

const receiver = createReceiver({
  path: "/vcc",
  provider: "CrmIntegration",
  headers: { Authorization: `Bearer ${CALLBACK_TOKEN}` },
  witnessToken: VCC_WITNESS_TOKEN,
  onNotification({ notification, objectid, params }) {
    console.log(`${notification}: ${objectid}, agent ${params.AgentId}`);
  },
  onError: console.error,
});

const server = createServer(receiver.node).listen(Number(PORT), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
