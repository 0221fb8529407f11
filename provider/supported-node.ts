import { RunError } from "@pulumi/pulumi";
import { problemOfNodeVersion } from "./contract/node-version";

// Before any declaration: older versions lack functions that this package calls. Pulumi prints a RunError as
// it is, without a stack trace.
const problem = problemOfNodeVersion();
if (problem !== undefined) throw new RunError(problem);
