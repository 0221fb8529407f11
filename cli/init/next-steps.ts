import { spawnSync } from "node:child_process";
import type { Region } from "../../provider/accounts/settings";
import type { Body, Source } from "../bodies/bodies";
import { inputName } from "../bodies/input";
import { partsOf } from "../bodies/variables";
import { wrap } from "../formats";
import { shellWord } from "../shell";
import { type CiSystem, ciNeeds } from "./ci-jobs";
import { declare, type Secret } from "./declarations";
import { dependencies, devDependencies } from "./project-files";
import { byPlace, secretsFolder, variablesOf } from "./secrets";

interface Result {
  /** The files that existed before. */
  kept: readonly string[];
  stack: string;
  region: Region | undefined;
  /** What the program was generated from. Empty for a new one. */
  sources: readonly Source[];
  /** The paths that say what VCC already has, to be adopted. Missing: the first `up` registers. */
  adopt: readonly string[] | undefined;
  secrets: readonly Secret[];
  /** The environment variables that the program refers to. */
  variables: readonly string[];
  ci: CiSystem;
  /** The path to the root of the repository, if CI jobs belong there. */
  ciRoot: string | undefined;
}

/** The commands to run next, in order, and what the CI jobs need. Contains no header value. */
export function nextSteps(result: Result): string {
  const { kept, stack, region, sources, adopt, secrets, variables, ci, ciRoot } = result;
  const { configured, exported } = byPlace(secrets);
  const toDelete = sources.filter(
    ({ name, bodies }) => name !== inputName("-") && containsValues(bodies),
  );
  // Those of the program, and those of the values to store.
  const own = [...new Set([...variables, ...variablesOf(secrets)])].filter(
    (name) => !exported.some(({ variable }) => variable === name),
  );
  const commands = [
    ...(isPulumiInstalled()
      ? []
      : [["install the Pulumi CLI: https://www.pulumi.com/docs/install"]]),
    ...installCommands(kept.includes("package.json")),
    ["pulumi login --local", "keeps the state on this machine"],
    ["export PULUMI_CONFIG_PASSPHRASE=…", "choose and keep it: it encrypts the stack's secrets"],
    [`pulumi stack init ${stack}`],
    ...(region === undefined ? [["pulumi config set vcc:region emea", "or nam, apac"]] : []),
    ...(sources.length === 0
      ? [
          [
            "pulumi config set --secret callbackToken",
            "asks for it: the token alone, without Bearer; anything for the emulator",
          ],
        ]
      : []),
    ...own.map((name) => [`export ${name}=…`, "as in the requests"]),
    ...(configured.length > 0
      ? [[`sh ${secretsFolder}/set.sh`, "stores the secrets; --keep: for another stack, too"]]
      : []),
    ...(exported.length > 0
      ? [[`. ${secretsFolder}/export.sh`, "the header values, for this shell"]]
      : []),
    [
      "export VCC_CLIENT_ID=… VCC_CLIENT_SECRET=…",
      "or what npx pulumi-vcc emulator prints in another terminal",
    ],
    ...(adopt
      ? [
          [
            `npx pulumi-vcc adopt${adopt.map((path) => ` --from ${shellWord(path)}`).join("")}`,
            "compares, asks, and sends nothing",
          ],
          ["pulumi up", "shows no change, and sends nothing"],
        ]
      : [["pulumi up"]]),
  ];
  return [
    `\nNext:\n\n${lines(commands)}\n`,
    ...(exported.length > 0
      ? [
          paragraph(
            `Move the values of ${secretsFolder}/export.sh to your secret manager, and delete the folder: every run needs the variables.`,
          ),
        ]
      : []),
    ...(sources.length > 0
      ? [
          paragraph(
            `Then stop registering with ${listOf(sources)}: each run overwrites what pulumi-vcc registered.${toDelete.length > 0 ? ` Delete ${listOf(toDelete)}: it still contains the values.` : ""}`,
          ),
        ]
      : []),
    ...(kept.includes(".gitignore")
      ? [paragraph(`Add node_modules/ and ${secretsFolder}/ to .gitignore, unless it has them.`)]
      : []),
    ...(ci === "none"
      ? []
      : [`${paragraph(`${ciTitle}:`)}\n${lines(ciNeeds(ci, { stack, region, variables }))}\n`]),
    ...(ciRoot === undefined
      ? []
      : [
          paragraph(
            `No CI jobs were created: they belong in ${ciRoot}, the root of the repository. ${copyJobs}.`,
          ),
        ]),
  ].join("\n");
}

/** For a project below the root of its repository. */
export const copyJobs =
  "Copy them from examples/ci of pulumi-vcc, and set this directory as their working directory";

const ciTitle =
  "The CI jobs are copies from examples/ci of pulumi-vcc (--ci none creates none). They need";

/** How wide what `init` prints is. */
const width = 80;
const commandWidth = 43;

function paragraph(text: string): string {
  return `${wrap(text, width).join("\n")}\n`;
}

function listOf(sources: readonly Source[]): string {
  return sources.map(({ name }) => name).join(", ");
}

/** Whether bodies contain values, and not only variables. */
function containsValues(bodies: readonly Body[]): boolean {
  const parts = declare(bodies).secrets.flatMap(({ value }) => partsOf(value));
  return parts.some((part) => typeof part === "string" && !/^(?:basic|bearer) $/i.test(part));
}

/** Whether the Pulumi CLI is on the `PATH`. */
function isPulumiInstalled(): boolean {
  return spawnSync("pulumi", ["version"], { stdio: "ignore" }).error === undefined;
}

function lines(commands: ReadonlyArray<readonly string[]>): string {
  return commands
    .map(([command = "", comment]) => {
      if (comment === undefined) return `  ${command}`;
      const start = `  ${command.padEnd(commandWidth)} # `;
      const [first, ...wrapped] = wrap(comment, width - start.length);
      const indent = `  ${" ".repeat(commandWidth)} # `;
      return [start + first, ...wrapped.map((line) => indent + line)].join("\n");
    })
    .join("\n");
}

function installCommands(hasPackage: boolean): string[][] {
  if (!hasPackage) return [["npm install"]];
  const [names, developmentNames] = [dependencies, devDependencies].map((versions) =>
    Object.keys(versions).join(" "),
  );
  return [
    ["npm pkg set type=module", "index.ts is an ES module; CommonJS code needs another folder"],
    ["npm pkg set scripts.check=tsc", "checks the types, also in the CI jobs"],
    [`npm install ${names}`],
    [`npm install --save-dev ${developmentNames}`],
  ];
}
