import { problemOfNodeVersion, problemOfSdkVersion } from "../versions";
import { runError } from "./run-error";

const { version }: { version: string } = require("@pulumi/pulumi/package.json");

// Before any declaration: older versions lack functions that this package calls. Pulumi prints a RunError as
// it is, without a stack trace.
const problem = problemOfNodeVersion() ?? problemOfSdkVersion(version);
if (problem !== undefined) throw runError(problem);
