/** `npm run pack`: packs the package as it is published, and prints the name of the tarball. */
import { basename } from "node:path";
import { packTarball } from "./installation.mts";

console.log(basename(packTarball(process.cwd())));
