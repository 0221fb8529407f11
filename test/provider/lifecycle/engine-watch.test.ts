import { once } from "node:events";
import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { watchEngine } from "../../../provider/lifecycle/engine-watch";

async function startEngine(): Promise<{ server: Http2Server; address: string }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("watchEngine", () => {
  it("calls back when the engine ends, and not before the watch has begun", async () => {
    const { server, address } = await startEngine();
    const connections: Array<{ destroy(): void }> = [];
    server.on("session", (session) => connections.push(session));
    let hasEnded = false;
    let onEnded = () => {};
    const ended = new Promise<void>((resolve) => {
      onEnded = () => {
        hasEnded = true;
        resolve();
      };
    });
    await watchEngine(address, onEnded);
    expect(hasEnded).toBe(false);
    if (connections.length === 0) await once(server, "session");
    for (const connection of connections) connection.destroy();
    server.close();
    await ended;
  });

  it("calls back if the engine has ended before the package is loaded", async () => {
    const { server, address } = await startEngine();
    server.close();
    await once(server, "close");
    await new Promise<void>((resolve) => void watchEngine(address, resolve, true));
  });

  it("watches nothing if no engine has started this process", async () => {
    const { server, address } = await startEngine();
    server.close();
    await once(server, "close");
    const onEnded = jest.fn();
    await watchEngine(address, onEnded, false);
    expect(onEnded).not.toHaveBeenCalled();
  });

  it("watches nothing without the address of an engine", async () => {
    for (const address of ["", "no address", "50b1a2d4-4a53-4b6f-9a45-1e5f2c1d8c3e"]) {
      await watchEngine(address, () => {
        throw new Error("no engine has ended");
      });
    }
  });
});
