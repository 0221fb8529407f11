import { Command } from "commander";
import { ConfigurationError } from "../provider/errors";
import { compareWithLive, withVariables } from "./adopt/differences";
import { type AdoptableRegistration, findAdoptable } from "./adopt/registrations";
import { resourcesOf } from "./adopt/resources";
import { type Body, readBodies } from "./bodies/bodies";
import { InputError, InspectionError } from "./errors";
import { formatTable } from "./formats";
import { addTo, notEmpty, stopSignal } from "./options";
import { confirm } from "./output";
import { loadDeclared } from "./pulumi/declared";
import { importResources, minCliToImport } from "./pulumi/import-file";
import { findProject } from "./pulumi/project";
import { createPulumi } from "./pulumi/pulumi";
import { findStack, requireCli, requireInspectable } from "./pulumi/stack";
import { loadStackConfiguration } from "./pulumi/stack-configuration";

/**
 * `pulumi-vcc adopt`: records live registrations in the state of a stack. It sends nothing to VCC.
 *
 * @param connect creates what runs the CLI
 */
export function adoptCommand(connect: typeof createPulumi = createPulumi): Command {
  return new Command("adopt")
    .description(
      "record registrations that are already live, and that the program declares, in the state of a stack; " +
        "sends nothing to VCC",
    )
    .option("-s, --stack <name>", "the stack (default: the selected one)", notEmpty)
    .option(
      "--from <path>",
      "what is live, as init --from reads it; repeatable: refuse if a declaration differs from it (default: compare nothing)",
      (path, paths: string[] | undefined) => addTo(paths, notEmpty(path)),
    )
    .option(
      "-C, --cwd <directory>",
      "the directory of Pulumi.yaml (default: the current one)",
      notEmpty,
    )
    .option("-y, --yes", "adopt without asking")
    .addHelpText("after", "\nExit codes: 0 adopted, or nothing to adopt; 1 nothing was adopted.")
    .action(async (options: Options, command: Command) => {
      if (!options.yes && !process.stdin.isTTY) {
        command.error("error: adopt asks on a terminal; add --yes to adopt without asking");
      }
      try {
        await adopt(options, connect);
      } catch (error) {
        const expected = [InputError, InspectionError, ConfigurationError];
        if (!expected.some((kind) => error instanceof kind)) throw error;
        command.error(`error: ${(error as Error).message}`);
      }
    });
}

interface Options {
  stack?: string;
  from?: string[];
  yes?: boolean;
  cwd?: string;
}

async function adopt(
  { stack: name, from, yes, cwd = "." }: Options,
  connect: typeof createPulumi,
): Promise<void> {
  const live = from === undefined ? undefined : withVariables(readBodies(...from), process.env);
  const pulumi = connect({ signal: stopSignal() });
  const project = findProject(cwd);
  const stack = await findStack(pulumi, project, name === undefined ? [] : ["--stack", name]);
  requireCli(stack.version, minCliToImport);
  await requireInspectable(stack, project);
  if (process.stderr.isTTY) console.error("Checking …");
  const [declared, configuration] = await Promise.all([
    loadDeclared(pulumi, project, stack),
    loadStackConfiguration(stack.reference, pulumi, project.directory),
  ]);
  const sources = { configuration, environment: process.env, now: Date.now };
  const registrations = await findAdoptable(declared, sources);
  const title = `${stack.project}/${stack.name}`;
  if (registrations.length === 0) {
    console.log(
      `Nothing to adopt: the state of ${title} has all that the program declares, so nothing was compared.`,
    );
    return;
  }
  if (live !== undefined) requireLive(registrations, live, from?.join(", ") ?? "");
  console.error(describe(registrations, title, live !== undefined));
  if (!yes && !(await confirm("Adopt?"))) {
    process.exitCode = 1;
    return;
  }
  // An import that a signal ends leaves a part of it in the state, and a lock. It takes seconds.
  await importResources(connect(), project, stack, resourcesOf(registrations, declared));
  console.log(
    `Adopted into ${title}. Nothing was sent to VCC.\n` +
      "Next: run pulumi preview, which shows no change of them, and pulumi up, which sends nothing for them but records " +
      "their options. Until then, they are protected from deletion.",
  );
}

/** @throws InputError if a registration is not live as it is declared */
function requireLive(
  registrations: readonly AdoptableRegistration[],
  live: readonly Body[],
  from: string,
): void {
  const { differences, others } = compareWithLive(registrations, live);
  if (others.length > 0) {
    const names = others.map((name) => JSON.stringify(name)).join(", ");
    console.error(`warning: ${from} also contains what is not adopted: ${names}`);
  }
  if (differences.length === 0) return;
  throw new InputError(
    [
      `nothing was adopted: declarations differ from ${from}`,
      ...differences.map((difference) => `  ${difference}`),
      "Change the program to what is live. Change it further, with pulumi up, after it is adopted.",
    ].join("\n"),
  );
}

/** What will be adopted, for people. */
function describe(
  registrations: readonly AdoptableRegistration[],
  title: string,
  isCompared: boolean,
): string {
  const rows = registrations.map(({ resource, inputs: { region, provider, account = "" } }) => [
    ...[region, JSON.stringify(provider), account, resource.name],
  ]);
  const header = ["REGION", "NAME", "ACCOUNT", "RESOURCE"];
  return [
    `To be adopted into ${title}:`,
    "",
    ...formatTable(header, rows, { width: process.stderr.columns }),
    "",
    "The state will say that VCC holds them as the program declares them.",
    ...(isCompared
      ? []
      : ["VCC cannot be asked. To compare them with the bodies that were registered, use --from."]),
  ].join("\n");
}
