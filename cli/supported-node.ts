import { problemOfNodeVersion } from "../provider/versions";

// Must be the first import: older versions cannot load the dependencies, and would say so in their own way.
const problem = problemOfNodeVersion();
if (problem !== undefined) {
  console.error(`error: ${problem}`);
  process.exit(1);
}
