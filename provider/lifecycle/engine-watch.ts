import { fstatSync } from "node:fs";
import { connect } from "node:http2";

/**
 * Watches the engine through a connection, which the operating system closes when the engine ends,
 * however it ends. The engine may be killed without its provider processes, or start them through
 * a shell, so neither signals nor the parent process tell.
 *
 * @param address where the engine listens, like `127.0.0.1:41234`
 * @param onEnded is called once, as soon as the engine has ended
 * @param startedByEngine whether an engine listened there when it started this process
 * @returns resolves when the watch has begun, or if that is not the address of an engine. It stays
 *   pending if the engine has ended before: nothing may be sent then
 */
export function watchEngine(
  address: string,
  onEnded: () => void,
  startedByEngine = hasPipe(),
): Promise<void> {
  if (!URL.canParse(`http://${address}`)) return Promise.resolve();
  return new Promise((resolve) => {
    // The engine speaks gRPC. It would close a connection that does not begin with HTTP/2.
    const session = connect(`http://${address}`);
    session.unref();
    session.once("connect", () => {
      session.once("close", onEnded);
      resolve();
    });
    session.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" && startedByEngine) onEnded();
      else resolve();
    });
  });
}

/** The engine opens a pipe to each of its processes, also through a shell. Tests use sockets. */
function hasPipe(): boolean {
  try {
    return fstatSync(0).isFIFO();
  } catch {
    return false;
  }
}
