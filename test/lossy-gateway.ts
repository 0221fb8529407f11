import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Emulator } from "../emulator";

export interface LossyGateway {
  apiUrl: string;
  /** While true, every response becomes a 504, although the request has taken effect. */
  lossy: boolean;
  close(): void;
}

/**
 * A gateway in front of the emulator's API that forwards every registration.
 *
 * @param loses for which names it loses the response
 */
export async function startLossyGateway(
  emulator: Emulator,
  loses: (provider: string) => boolean = () => true,
): Promise<LossyGateway> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { accept = "", authorization = "" } = request.headers;
    const { status } = await fetch(`${emulator.url}${request.url}`, {
      method: "POST",
      headers: { accept, authorization, "content-type": "application/json" },
      body: Buffer.concat(chunks),
    });
    const { provider } = JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(gateway.lossy && loses(provider) ? 504 : status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const gateway: LossyGateway = {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/interactions`,
    lossy: true,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return gateway;
}
