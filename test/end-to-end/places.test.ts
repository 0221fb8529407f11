import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporaryDirectory } from "../temporary-directory";
import { createPlaces, type Place, placeNames } from "./places";
import { escapedCanary } from "./secrets";

describe("places", () => {
  const directory = temporaryDirectory();
  const planted = escapedCanary("planted");
  const files: Array<[Place, string]> = [
    ["backups of the state", "state/.pulumi/backups/project/dev/dev.1.json"],
    ["backups of the state", "state/.pulumi/stacks/project/dev.json.bak"],
    ["history", "state/.pulumi/history/project/dev/dev-1.history.json"],
    ["state", "state/.pulumi/stacks/project/dev.json"],
    ["state", "state/.pulumi/locks/organization/project/dev/1.json"],
    ["plans", "plan.json"],
    ["Pulumi's logs", "home/logs/pulumi-1.log"],
    ["other files below PULUMI_HOME", "home/pulumi-vcc/operation.jsonl"],
    ["temporary files", "temporary/pulumi/pulumi.INFO"],
    ["drift report: JSON", "reports-1/drift.json"],
    ["drift report: JUnit", "reports-1/drift.xml"],
    ["drift report: Markdown", "reports-1/drift.md"],
    ["drift report: GitHub", "reports-1/summary"],
    ["other files of the project", "Pulumi.dev.yaml"],
  ];

  function plant(file: string, content: string | Buffer): string {
    const path = join(directory.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  it.each(files)("find a secret in %s: %s", (place, file) => {
    const places = createPlaces();
    plant(file, `before ${planted} after`);
    plant("node_modules/package/index.js", planted);
    places.addFiles(directory.path);
    const found = placeNames.filter((name) => places.search(name, { planted }).length > 0);
    expect(found).toEqual([place]);
    expect(places.search(place, { planted })).toContainEqual({
      source: file,
      secret: "planted",
      form: "in clear",
    });
  });

  it("find a secret in a compressed log", () => {
    const places = createPlaces();
    plant("home/logs/pulumi-1.log", gzipSync(`before ${planted} after`));
    places.addFiles(directory.path);
    expect(places.search("Pulumi's logs", { planted })).not.toEqual([]);
  });

  it("find a secret in a tarball", () => {
    const places = createPlaces();
    places.addTarball(plant("package.tgz", gzipSync(planted)));
    expect(places.search("tarball", { planted })).not.toEqual([]);
    expect(places.size("tarball")).toBe(planted.length);
  });

  it("find a secret in an output", () => {
    const others = placeNames.filter((name) => !files.some(([place]) => place === name));
    for (const place of others) {
      const places = createPlaces();
      places.add(place, "command", planted);
      expect(places.search(place, { planted })).not.toEqual([]);
      expect(places.search(place, { other: escapedCanary("other") })).toEqual([]);
    }
  });
});
