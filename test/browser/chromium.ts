import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";

/** `CHROMIUM`, or the first of Chromium's names on the `PATH`. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? findChromium();
  if (executablePath === undefined) {
    throw new Error("There is no Chromium; install Debian's chromium, or name one in CHROMIUM");
  }
  // Chromium's sandbox refuses to run as root, as containers of CI do.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return puppeteer.launch({ executablePath, args });
}

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return ["chromium", "chromium-browser", "google-chrome"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
