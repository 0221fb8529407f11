import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";

/** `CHROMIUM`, or the first of Chromium's names on the `PATH`. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? findChromium();
  if (executablePath === undefined) {
    throw new Error(
      "Chromium was not found; install Debian's package chromium, or set CHROMIUM to its path",
    );
  }
  // Chromium's sandbox does not run as root, which CI containers use.
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
