import { basename, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Region, regions } from "../provider/accounts/settings";
import { readSources, type Source } from "./bodies/bodies";
import { InputError } from "./errors";
import { pluralize } from "./formats";
import { type CiSystem, ciJobs, ciSystems, quickstart } from "./init/ci-jobs";
import { declare, type SecretPlace, secretPlaces, variablesIn } from "./init/declarations";
import { createFiles, existing } from "./init/new-file";
import { copyJobs, nextSteps } from "./init/next-steps";
import { programOf } from "./init/program";
import { projectFiles } from "./init/project-files";
import { findRepository } from "./init/repository";
import { secretFiles, secretsFolder } from "./init/secrets";
import { addTo } from "./options";

/** `pulumi-vcc init`: creates a Pulumi project without prompts. */
export function initCommand(): Command {
  return new Command("init")
    .description("create a Pulumi project in this directory, without overwriting files")
    .option(
      "--from <path>",
      "generate the program from existing POST /Register bodies, and store their header values as secrets: " +
        "a JSON or YAML file, a Postman collection, a shell script with curl commands (which does not run), " +
        "a folder of such files, or - for standard input; repeatable",
      (path, paths: string[] | undefined) => addTo(paths, path),
    )
    .addOption(
      new Option(
        "--secrets <place>",
        "with --from: where the header values are, in the configuration of the stack, or in the environment, which no " +
          "state contains",
      )
        .choices(secretPlaces)
        .default("config"),
    )
    .option(
      "--adopt",
      "with --from, if VCC already has these registrations: the next steps record them, instead of registering again",
    )
    .addOption(new Option("--region <region>", "the region of the account").choices(regions))
    .addOption(
      new Option(
        "--ci <system>",
        "add jobs for a CI system (default: that of the repository's remote)",
      ).choices(ciSystems),
    )
    .option("--name <name>", "the name of the Pulumi project (default: the directory's)", parseName)
    .option("--stack <name>", "the stack that the next steps create", parseName, "prod")
    .action((options: Options, command: Command) => {
      try {
        initialize(process.cwd(), options);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        command.error(`error: ${error.message}`);
      }
    });
}

interface Options {
  from?: string[];
  secrets: SecretPlace;
  adopt?: boolean;
  region?: Region;
  ci?: CiSystem;
  name?: string;
  stack: string;
}

function initialize(directory: string, options: Options) {
  const { from, adopt = false, ci, name, stack } = options;
  if (options.secrets !== "config" && from === undefined) {
    throw new InputError("--secrets needs --from");
  }
  if (adopt && (from === undefined || from.includes("-"))) {
    throw new InputError("--adopt needs --from with a file or a folder: adopt reads it again");
  }
  const sources = from === undefined ? [] : readSources(...from);
  const region = regionOf(sources, options.region);
  const bodies = sources.flatMap((source) => source.bodies);
  const { declarations, secrets } = declare(bodies, options.secrets);
  const variables = variablesIn(declarations);
  const project = projectFiles({
    name: name ?? projectName(directory),
    region,
    program: from === undefined ? quickstart() : programOf(declarations),
  });
  const repository = findRepository(directory);
  const ciRoot = repository?.root || undefined;
  if (ciRoot !== undefined && ci !== undefined && ci !== "none") {
    throw new InputError(
      `CI jobs belong in ${ciRoot}, the root of the repository, so nothing was created; use --ci none. ${copyJobs}`,
    );
  }
  const system = ci ?? (ciRoot === undefined ? repository?.host : undefined) ?? "none";
  const files = [
    ...secretFiles(secrets),
    ...project,
    ...ciJobs(system, { stack, region, variables }),
  ];

  // Refuse rather than create a partial project.
  const essential = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json", "index.ts", secretsFolder];
  const conflicts = existing(directory, essential);
  const paths = files.map(({ path }) => path);
  const kept = existing(directory, paths);
  if (conflicts.length > 0) {
    const wasCreated = ["Pulumi.yaml", "index.ts"].every((path) => conflicts.includes(path));
    const former = [...new Set([...conflicts, ...kept])].join(", ");
    throw new InputError(
      `${conflicts[0]} exists, so nothing was created; use an empty directory, ` +
        `or run npm install pulumi-vcc in your project${wasCreated ? `. To start over, delete ${former}` : ""}`,
    );
  }
  const created = files.filter(({ path }) => !kept.includes(path));
  createFiles(directory, created);
  if (from !== undefined) {
    const names = bodies.map(({ provider }) => JSON.stringify(provider)).join(", ");
    console.log(`found   ${pluralize(bodies.length, "registration")}: ${names}`);
  }
  if (region !== options.region) console.log(`found   the region ${region} in the URLs`);
  for (const { path } of created) console.log(`created ${path}`);
  for (const path of kept) console.log(`kept    ${path} (it exists)`);
  for (const warning of sources.flatMap(({ warnings }) => warnings)) {
    console.error(`warning: ${warning}`);
  }
  console.log(
    nextSteps({
      kept,
      stack,
      region,
      sources,
      adopt: adopt ? (from ?? []) : undefined,
      secrets,
      variables,
      ci: system,
      ciRoot: ci === undefined && repository?.host !== undefined ? ciRoot : undefined,
    }),
  );
}

/** @throws InputError if there are several */
function regionOf(sources: readonly Source[], given: Region | undefined): Region | undefined {
  const found = [...new Set(sources.flatMap((source) => source.regions))];
  const [region] = found;
  if (found.length > 1) {
    throw new InputError(
      `the URLs name several regions (${found.join(", ")}): create one project for each, with its own --from`,
    );
  }
  if (given !== undefined && region !== undefined && region !== given) {
    throw new InputError(`--region is ${given}, but the URLs name ${region}: correct one of them`);
  }
  return given ?? region;
}

function projectName(directory: string): string {
  const name = basename(resolve(directory)).replaceAll(/[^\w.-]+/g, "-");
  return /[A-Za-z0-9]/.test(name) ? name.slice(0, 100) : "vcc";
}

function parseName(name: string): string {
  if (/^[\w.-]{1,100}$/.test(name)) return name;
  throw new InvalidArgumentError(
    "use 1 to 100 letters, digits, underscores, hyphens and full stops.",
  );
}
