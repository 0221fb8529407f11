import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { createSearch, type Leak } from "./secrets";

/** The first pattern that matches the path of a file in the project applies. */
const placesOfFiles = {
  "backups of the state": /^state\/\.pulumi\/(backups\/|stacks\/.*\.bak$)/,
  history: /^state\/\.pulumi\/history\//,
  state: /^state\//,
  plans: /^plan.*\.json$/,
  "Pulumi's logs": /^home\/logs\//,
  "other files below PULUMI_HOME": /^home\//,
  "temporary files": /^temporary\//,
  "drift report: JSON": /^reports-.*\.json$/,
  "drift report: JUnit": /^reports-.*\.xml$/,
  "drift report: Markdown": /^reports-.*\.md$/,
  "drift report: GitHub": /^reports-.*\/(summary|output)$/,
  "other files of the project": /(?:)/,
};

/** Everywhere that a secret may leak. */
export const placeNames = [
  ...(Object.keys(placesOfFiles) as Array<keyof typeof placesOfFiles>),
  "drift report: terminal",
  "stdout of Pulumi",
  "stderr of Pulumi",
  "errors of the Automation API",
  "page of the emulator",
  "terminal of the emulator",
  "tarball",
] as const;
export type Place = (typeof placeNames)[number];

export interface Places {
  /** @param source the command or the file that contains the text */
  add(place: Place, source: string, text: string): void;
  /** Adds all files of a project, except dependencies. */
  addFiles(project: string): void;
  addTarball(path: string): void;
  /** The number of characters in a place. */
  size(place: Place): number;
  /** @param secrets name → value */
  search(place: Place, secrets: Record<string, string>): FoundLeak[];
}

interface FoundLeak extends Leak {
  source: string;
}

export function createPlaces(): Places {
  const contents: Array<{ place: Place; source: string; text: string }> = [];
  const add = (place: Place, source: string, text: string) => {
    contents.push({ place, source, text });
  };
  const contentsOf = (place: Place) => contents.filter((content) => content.place === place);
  return {
    add,
    addFiles(project) {
      for (const file of filesBelow(project)) {
        const path = relative(project, file);
        for (const [place, pattern] of Object.entries(placesOfFiles)) {
          if (!pattern.test(path)) continue;
          add(place as Place, path, readText(file));
          break;
        }
      }
    },
    addTarball: (path) => add("tarball", path, readText(path)),
    size: (place) => contentsOf(place).reduce((sum, { text }) => sum + text.length, 0),
    search(place, secrets) {
      const search = createSearch(secrets);
      return contentsOf(place).flatMap(({ source, text }) =>
        search(text).map((leak) => ({ source, ...leak })),
      );
    },
  };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesBelow(path);
    return entry.isFile() && !entry.name.endsWith(".tgz") ? [path] : [];
  });
}

/** Of a compressed file, too: logs of commands without a stack are. */
function readText(file: string): string {
  const content = readFileSync(file);
  const compressed = content[0] === 0x1f && content[1] === 0x8b;
  return (compressed ? gunzipSync(content) : content).toString();
}
