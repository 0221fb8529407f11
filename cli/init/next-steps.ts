import { dependencies, devDependencies } from "./project-files";
import { secretsFolder } from "./secrets-script";

interface Result {
  /** The files that existed before. */
  kept: readonly string[];
  region: string | undefined;
  /** Where the bodies came from, which still contain the header values. */
  from: string | undefined;
  /** The number of secrets in the script. */
  secrets: number;
  hasCiJobs: boolean;
}

/** What to run now. It contains no header value. */
export function nextSteps({ kept, region, from, secrets, hasCiJobs }: Result): string {
  const settings = [
    ...(region === undefined ? [["pulumi config set vcc:region emea", "or nam, apac"]] : []),
    ...(from === undefined
      ? [["pulumi config set --secret callbackToken", "asks for the value"]]
      : []),
    ...(secrets > 0 ? [[`sh ${secretsFolder}/set.sh`, "stores the header values as secrets"]] : []),
    ["export VCC_CLIENT_ID=… VCC_CLIENT_SECRET=…", "or those of npx pulumi-vcc emulator"],
  ];
  return `
Next:

${lines([
  [installCommand(kept)],
  ["pulumi stack init dev", "after pulumi login, or pulumi login --local"],
  ["pulumi up", "with the settings below"],
])}

Settings:

${lines(settings)}
${secrets > 0 ? `\nThen delete ${from}: it still contains the values.\n` : ""}${
  hasCiJobs ? "\nThe first lines of each CI job say what to set there.\n" : ""
}`;
}

function lines(commands: ReadonlyArray<readonly string[]>): string {
  return commands
    .map(([command = "", comment]) =>
      comment === undefined ? `  ${command}` : `  ${command.padEnd(44)} # ${comment}`,
    )
    .join("\n");
}

function installCommand(kept: readonly string[]): string {
  if (!kept.includes("package.json")) return "npm install";
  // Node.js runs the program as it is written only as an ES module.
  const [names, developmentNames] = [dependencies, devDependencies].map((versions) =>
    Object.keys(versions).join(" "),
  );
  return `npm pkg set type=module && npm install ${names} && npm install --save-dev ${developmentNames}`;
}
