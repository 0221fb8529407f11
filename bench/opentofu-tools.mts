import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildInCache, findInCache } from "../tools/cache.mts";
import { buildGoProgram, progress, requireGo } from "../tools/go-program.mts";

/** OpenTofu and a generic REST API provider, which need no custom code. */
export interface OpenTofuTools {
  /** The directory that contains `tofu` and the provider. */
  directory: string;
  versions: { opentofu: string; restapi: string };
}

const folder = join(import.meta.dirname, "opentofu-tools");
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

/**
 * Builds both from their Go modules on the first run.
 *
 * @throws an Error if Go is not installed or the build fails
 */
export async function ensureOpenTofuTools(): Promise<OpenTofuTools> {
  const [opentofu = "", restapi = ""] = programs.map(versionOf);
  const name = `opentofu-${opentofu}-restapi-${restapi}-${buildHash()}`;
  const path = (await findInCache(name)) ?? (await buildInCache(name, build));
  return { directory: join(path, "bin"), versions: { opentofu, restapi } };
}

async function build(directory: string): Promise<void> {
  await requireGo();
  progress(
    "building OpenTofu and restapi from their Go modules (first run only): about 3 minutes on 2 cores",
  );
  for (const { folder: name, output, package: path, linkerFlags } of programs) {
    await buildGoProgram({
      folder: join(folder, name),
      package: path,
      ...(linkerFlags !== undefined && { linkerFlags }),
      output: join(directory, "bin", output),
    });
  }
}

/** Identifies everything that is built, including dependencies and flags. */
function buildHash(): string {
  const hash = createHash("sha256").update(JSON.stringify(programs));
  for (const { folder: name } of programs) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(folder, name, file)));
  }
  return hash.digest("hex").slice(0, 8);
}

/** The version that go.mod pins. */
function versionOf({ folder: name, module }: { folder: string; module: string }): string {
  const goMod = readFileSync(join(folder, name, "go.mod"), "utf8");
  const version = goMod.split(`${module} v`)[1]?.split(/\s/)[0];
  if (version === undefined) throw new Error(`${name}/go.mod does not pin ${module}`);
  return version;
}
