#!/usr/bin/env node
// The engine starts this program to run dynamic providers; the official release ships its own. It runs the
// program's installed SDK in this process, with the engine's arguments.
require(require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [process.cwd()] }));
