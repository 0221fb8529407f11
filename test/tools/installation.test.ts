import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { packTarball } from "../../tools/installation.mts";

const root = join(__dirname, "../..");
const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

describe("the packed tarball", () => {
  let directory: string;
  let unpacked: string;
  let paths: string[];

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-tarball-"));
    execFileSync("tar", ["-xzf", packTarball(directory), "-C", directory]);
    unpacked = join(directory, "package");
    paths = readdirSync(unpacked, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(unpacked, join(entry.parentPath, entry.name)));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("contains the compiled code, the page, the documentation, the examples and the schemas, and nothing else", () => {
    expect(paths.filter((path) => !path.startsWith("dist/")).sort()).toEqual([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "docs/compatibility.md",
      "docs/configuration.md",
      "docs/drift.md",
      "docs/emulator.md",
      "docs/from-curl-to-code.md",
      "docs/how-it-works.md",
      "docs/receiver.md",
      "docs/runbook.md",
      "docs/running-it.md",
      "docs/verify.md",
      "examples/accounts.ts",
      "examples/ci/github/drift.yml",
      "examples/ci/github/reassert.yml",
      "examples/ci/github/repair.yml",
      "examples/ci/github/review.yml",
      "examples/ci/github/setup/action.yml",
      "examples/ci/github/up.yml",
      "examples/ci/gitlab-ci.yml",
      "examples/ci/gitlab-comment.mjs",
      "examples/ci/vcc.sh",
      "examples/environment.ts",
      "examples/fleet.ts",
      "examples/quickstart.ts",
      "examples/reassert.ts",
      "examples/receiver/Pulumi.yaml",
      "examples/receiver/frameworks/express.ts",
      "examples/receiver/frameworks/fastify.ts",
      "examples/receiver/frameworks/hono.ts",
      "examples/receiver/frameworks/lambda.ts",
      "examples/receiver/frameworks/nextjs.ts",
      "examples/receiver/index.ts",
      "examples/receiver/receiver.mts",
      "examples/receiver/stores/postgresql.mts",
      "examples/receiver/stores/redis.mts",
      "examples/two-regions.ts",
      "examples/without-endpoint.ts",
      "package.json",
      "schemas/conformance-1.schema.json",
      "schemas/drift-report-2.schema.json",
      "schemas/inventory-1.schema.json",
      "schemas/registration-evidence-1.schema.json",
      "schemas/verify-report-1.schema.json",
    ]);
    const compiled =
      /^dist\/((provider|emulator|receiver)\/([\w-]+\/){0,2}[\w-]+(\.d\.ts|\.js)|cli\/([\w-]+\/){0,2}[\w-]+\.js)$/;
    expect(paths.filter((path) => path.startsWith("dist/") && !compiled.test(path)).sort()).toEqual(
      [
        "dist/emulator/admin/page/controls.css",
        "dist/emulator/admin/page/icon.svg",
        "dist/emulator/admin/page/index.html",
        "dist/emulator/admin/page/layout.css",
        "dist/emulator/admin/page/page.css",
      ],
    );
  });

  it("has a package.json with only the fields that users need", () => {
    const manifest = readJson(join(unpacked, "package.json"));
    expect(Object.keys(manifest).sort()).toEqual([
      "bin",
      "bugs",
      "dependencies",
      "description",
      "engines",
      "exports",
      "homepage",
      "keywords",
      "license",
      "main",
      "name",
      "peerDependencies",
      "publishConfig",
      "repository",
      "sideEffects",
      "types",
      "typesVersions",
      "version",
    ]);
    const { version, dependencies, exports } = readJson(join(root, "package.json"));
    expect(manifest).toMatchObject({ version, dependencies, exports });
  });

  it("has every file that its documents link to", () => {
    const broken = paths
      .filter((path) => path.endsWith(".md"))
      .flatMap((document) => {
        const text = readFileSync(join(unpacked, document), "utf8");
        return [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
          .map(([, path = ""]) => join(dirname(document), path))
          .filter((path) => !existsSync(join(unpacked, path)))
          .map((path) => `${document}: ${path}`);
      });
    expect(broken).toEqual([]);
  });

  it("is the one that PULUMI_VCC_TARBALL names", () => {
    const variable = jest.replaceProperty(process, "env", {
      ...process.env,
      PULUMI_VCC_TARBALL: "tested.tgz",
    });
    expect(packTarball(directory)).toBe(join(root, "tested.tgz"));
    variable.restore();
  });
});

it("npm refuses to publish the clone itself", () => {
  expect(readJson(join(root, "package.json")).private).toBe(true);
});
