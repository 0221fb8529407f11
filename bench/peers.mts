import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findInCache, makeInCache } from "../tools/cache.mts";
import { buildGoProgram, progress, requireGo } from "../tools/go-program.mts";

/** OpenTofu and a provider for any REST API, which need no code of one's own. */
export interface Peers {
  /** Holds `tofu` and the provider. */
  directory: string;
  versions: { opentofu: string; restapi: string };
}

const folder = join(import.meta.dirname, "peers");
const programs = [
  {
    folder: "opentofu",
    module: "github.com/opentofu/opentofu",
    package: "github.com/opentofu/opentofu/cmd/tofu",
    output: "tofu",
    linkerFlags: "-X github.com/opentofu/opentofu/version.dev=no",
  },
  {
    folder: "restapi",
    module: "github.com/Mastercard/terraform-provider-restapi",
    package: "github.com/Mastercard/terraform-provider-restapi",
    output: "terraform-provider-restapi",
  },
];

/** Built from their Go modules, once. @throws an Error without Go, or what the compiler says */
export async function findOrMakePeers(): Promise<Peers> {
  const [opentofu = "", restapi = ""] = programs.map(versionOf);
  const name = `opentofu-${opentofu}-restapi-${restapi}-${pins()}`;
  const place = (await findInCache(name)) ?? (await makeInCache(name, build));
  return { directory: join(place, "bin"), versions: { opentofu, restapi } };
}

async function build(directory: string): Promise<void> {
  await requireGo();
  progress("building OpenTofu and restapi from their Go modules, once: about 3 minutes on 2 cores");
  for (const { folder: name, output, package: path, linkerFlags } of programs) {
    await buildGoProgram({
      folder: join(folder, name),
      package: path,
      ...(linkerFlags !== undefined && { linkerFlags }),
      output: join(directory, "bin", output),
    });
  }
}

/** Stands for everything that is built, dependencies and flags included. */
function pins(): string {
  const hash = createHash("sha256").update(JSON.stringify(programs));
  for (const { folder: name } of programs) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(folder, name, file)));
  }
  return hash.digest("hex").slice(0, 8);
}

/** As its go.mod pins it. */
function versionOf({ folder: name, module }: { folder: string; module: string }): string {
  const pins = readFileSync(join(folder, name, "go.mod"), "utf8");
  const version = pins.split(`${module} v`)[1]?.split(/\s/)[0];
  if (version === undefined) throw new Error(`${name}/go.mod does not pin ${module}`);
  return version;
}
