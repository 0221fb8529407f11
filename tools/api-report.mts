/**
 * Compares the public declarations of the built package with the committed reports in `api/`, one for each entry
 * point, so that every change of the API shows in review. `--write` updates the reports.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = dirname(import.meta.dirname);
const committed = join(root, "api");
const entryPoints = {
  index: "provider/index",
  dynamic: "provider/dynamic",
  emulator: "emulator/index",
  receiver: "receiver/index",
};

const temporary = mkdtempSync(join(tmpdir(), "pulumi-vcc-api-"));
const current = process.argv.includes("--write") ? committed : join(temporary, "api");
try {
  mkdirSync(current, { recursive: true });
  for (const [name, file] of Object.entries(entryPoints)) writeReport(name, file);
  const { stdout, status } = spawnSync("git", ["diff", "--no-index", committed, current], {
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(
      `${stdout}\nThe API differs from the reports in api/. If that is intended, run npm run api, commit the ` +
        "reports, and describe the change in CHANGELOG.md.",
    );
    process.exitCode = 1;
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function writeReport(name: string, file: string) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, "dist", `${file}.d.ts`),
      compiler: { tsconfigFilePath: join(root, "tsconfig.build.json") },
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFileName: `${name}.api.md`,
        reportFolder: current,
        reportTempFolder: join(temporary, "build"),
      },
      newlineKind: "lf",
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      // TypeDoc checks the documentation, and git compares the reports.
      message.handled = message.logLevel !== "error";
    },
  });
}
