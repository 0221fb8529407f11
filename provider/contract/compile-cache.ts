import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { userDirectory } from "./user-directory";

/** Pulumi's program that runs a user's, and the one that runs providers. */
const pulumiProcess = /@pulumi[\\/]pulumi[\\/]cmd[\\/]|pulumi-resource-pulumi-nodejs/;

/**
 * Keeps the compiled code of all modules that load after this one, for the next run: import it first.
 * Compiling takes half of the time to load the SDK. Node.js verifies each entry against its source, and
 * does nothing here if `NODE_COMPILE_CACHE` names a directory or `NODE_DISABLE_COMPILE_CACHE` is set.
 * Processes that are not Pulumi's decide for themselves.
 *
 * Not in the temporary directory, Node.js's default: another user could create it first.
 */
if (pulumiProcess.test(require.main?.filename ?? "")) {
  // Node.js 20 has none; `check` refuses it.
  enableCompileCache?.(join(userDirectory(), "compile-cache"));
  // Node.js does so when it exits, but the engine kills the provider process.
  setImmediate(() => flushCompileCache?.());
}
