import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { join } from "node:path";
import { steps } from "../../docs/session/steps.mts";
import { temporaryDirectory } from "../temporary-directory";
import { read, root } from "./documents";

const svg = read("docs/session.svg");
const lines = [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, line = ""]) =>
  line
    .replace(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&")
    .trimEnd(),
);
const commands = steps.filter(({ hidden }) => !hidden).map(({ typed }) => typed);

/** If one of these fails after an intended change, run `npm run session`. */
describe("the terminal session of the README", () => {
  const directory = temporaryDirectory();

  it("shows every command of the script that makes it, in this order", () => {
    const typed = lines.flatMap((line) => /^~\/crm \$ (.+)$/.exec(line)?.[1] ?? []);
    expect([...new Set(typed)]).toEqual(commands);
  });

  it("shows the README's commands", () => {
    const [, install = ""] = read("README.md").split("## Install");
    const [withInit = "", up = ""] = [...install.matchAll(/```sh\n(.*?)```/gs)].map(
      ([, text]) => text,
    );
    const documented = `${withInit}${up}`
      .split("\n")
      .map((line) => line.replace(/ +#.*/, ""))
      // The emulator prints other lines in place of an account's, and the state is in a directory of its own.
      .filter((line) => line !== "" && !/^export |^pulumi login/.test(line));
    expect(commands).toEqual(expect.arrayContaining(documented));
  });

  it("shows what init prints", () => {
    const program = join(root, "dist/cli/main.js");
    const { stdout } = spawnSync(process.execPath, [program, "init", "--region", "emea"], {
      cwd: directory.path,
      encoding: "utf8",
    });
    const printed = stdout.split("\n").filter((line) => line !== "");
    expect(printed.length).toBeGreaterThan(10);
    // Only those who lack the CLI see this one.
    const expected = printed.filter((line) => !line.includes("install the Pulumi CLI"));
    expect(lines).toEqual(expect.arrayContaining(expected));
  });

  it("shows the results of pulumi up and drift", () => {
    const text = lines.join("\n");
    expect(text).toMatch(/\+ 2 created\n.*2 unchanged\n.*in sync \(unverified\)/s);
    expect(text).toContain(
      "Unverified: the VCC API has no read endpoint, so what VCC holds cannot be checked.",
    );
  });

  it("shows nothing of the machine that recorded it", () => {
    expect(svg).not.toMatch(/\/(tmp|root|home|Users|var)\/|file:|npm (warn|notice|error)/);
    expect(svg.includes(hostname())).toBe(false);
    const urls = svg.match(/https?:[^<\s"]+/g) ?? [];
    expect(urls.filter((url) => !/127\.0\.0\.1:4010|www\.w3\.org/.test(url))).toEqual([]);
  });

  it("is small, and has colours for both modes and no animation for those who want none", () => {
    expect(svg.length).toBeLessThan(60_000);
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg).toContain("prefers-reduced-motion:reduce");
  });
});
