import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { userDirectory } from "../contract/user-directory";
import { isRunByPulumi } from "./pulumi-runner";

/**
 * Keeps the compiled code of all modules that load after this one, for the next run: import it first.
 * Compiling takes half of the time to load the SDK. Node.js does nothing here if `NODE_COMPILE_CACHE` names
 * a directory or `NODE_DISABLE_COMPILE_CACHE` is set.
 *
 * Only in the process that runs the program: the provider process compiles the code of other dynamic
 * resources, which may contain their secrets. Not in the temporary directory, Node.js's default: whoever
 * writes there may run code.
 */
if (isRunByPulumi()) {
  // Node.js 20 has none; `supported-versions` refuses it.
  enableCompileCache?.(join(userDirectory(), "compile-cache"));
}
