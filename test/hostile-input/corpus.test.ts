import fc from "fast-check";
import * as z from "zod/mini";
import { type Emulator, startEmulator } from "../../emulator";
import { stackSources } from "../../provider/accounts/setting-sources";
import { loadSettings, types } from "../../provider/accounts/setting-types";
import { settingNames, settings } from "../../provider/accounts/settings";
import { count } from "../counts";
import { type Case, labelOf } from "./case";
import * as corpus from "./corpus";
import { createProvider, environmentOf, expectOutcome, expectRefusal, up } from "./registration";

const valid = { provider: "Crm", agentActionsPermitted: {} };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

const labelled = (cases: Case[]) =>
  cases.map((hostile) => [labelOf(hostile.input), hostile] as const);

const objectWith = (properties: object, others: object) =>
  Object.defineProperties({ ...others }, Object.getOwnPropertyDescriptors(properties));

describe.each(Object.entries(corpus.argumentsOfRegistration))("a hostile %s", (argument, cases) => {
  it.each(labelled(cases))("%s", async (_label, hostile) => {
    count("hostile inputs", 1);
    await expectOutcome(emulator, createProvider(environmentOf(emulator)), argument, hostile);
  });
});

describe("hostile arguments", () => {
  it.each(labelled(corpus.furtherArguments))("%s", async (_label, { input, refusal = "" }) => {
    count("hostile inputs", 1);
    const args = objectWith(input as object, valid);
    const problems = await up(args, createProvider(environmentOf(emulator)));
    expectRefusal(emulator, problems, refusal);
  });
});

describe.each(settingNames)("a hostile setting %s", (name) => {
  const { environmentVariable } = settings[name];
  const places = ["configuration", "environment"] as const;

  it.each(
    labelled(corpus.settings[name] ?? []).flatMap(([label, hostile]) =>
      places.map((place) => [label, place, hostile] as const),
    ),
  )("%s in the %s", async (_label, place, hostile) => {
    count("hostile inputs", 1);
    const { input, refusal } = hostile;
    const { [environmentVariable]: _replaced, ...others } = environmentOf(emulator);
    const configured: Record<string, unknown> =
      place === "configuration" ? { [`vcc:${name}`]: input } : {};
    const environment = {
      ...others,
      ...(place === "environment" && { [environmentVariable]: input as string }),
    };
    if (refusal !== undefined) {
      const problems = await up(valid, createProvider(environment, configured));
      return expectRefusal(emulator, problems, refusal);
    }
    const sources = stackSources((key) => configured[key] as string | undefined, environment);
    expect(loadSettings(sources, [name])).toEqual({
      [name]: "effect" in hostile ? hostile.effect : input,
    });
  });
});

describe("any input", () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }));
  const anything = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }),
    fc.anything({ withNullPrototype: true, withObjectString: true, withBoxedValues: true }),
    text,
    fc.dictionary(text, text),
    fc.dictionary(fc.stringMatching(/^[\w-]+$/), fc.stringMatching(/^[!-~]*$/)),
    fc.dictionary(fc.constantFrom("release", "hold", "Hold"), fc.constantFrom(0, 1, true, 2, "1")),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.stringMatching(/^\d{0,4}[hdwms]$/),
  );

  it.each(Object.keys(corpus.argumentsOfRegistration))(
    "as %s is registered as declared, or refused before anything is sent",
    async (argument) => {
      await fc.assert(
        fc.asyncProperty(anything, async (input) => {
          emulator.reset();
          const provider = createProvider(environmentOf(emulator));
          const problems = await up({ ...valid, [argument]: input }, provider);
          if (problems.length > 0) return expectRefusal(emulator, problems, "");
          // The SDK drops what is undefined.
          const permitted = Object.entries(
            argument === "agentActionsPermitted" ? (input as object) : {},
          ).filter(([, permission]) => permission !== undefined);
          emulator.reset();
          await expectOutcome(emulator, createProvider(environmentOf(emulator)), argument, {
            input,
            effect: {
              provider: input,
              endpoint: input,
              headers: Object.keys(Object(input)).length === 0 ? undefined : input,
              agentActionsPermitted: Object.fromEntries(
                Object.entries({
                  release: 1,
                  hold: 0,
                  transferToAgent: 0,
                  transferToRoute: 0,
                  ...Object.fromEntries(permitted),
                }).map(([operation, permission]) => [operation, Number(permission)]),
              ),
            }[argument],
          });
        }),
        { numRuns: 300, examples: [[{ "": undefined }], [{ release: undefined }]] },
      );
    },
  );

  it.each(settingNames)("as %s has this effect, or is refused", (name) => {
    fc.assert(
      fc.property(fc.oneof(text, fc.webUrl(), fc.stringMatching(/^\d+[smhdw]?$/)), (input) => {
        const { data, error } = z.safeParse(types[settings[name].type] as z.ZodMiniType, input);
        if (error !== undefined) return expect(error.issues[0]?.message).not.toBe("");
        const value = String(data);
        const units = { s: 1000, m: 60_000, h: 3_600_000 };
        const [, number, unit] = /^(\d+)([smh])$/.exec(input) ?? [];
        expect(value).toBe(
          name === "deadline"
            ? String(Number(number) * units[unit as keyof typeof units])
            : name.endsWith("Url")
              ? input.replace(/\/+$/, "")
              : input,
        );
      }),
      { numRuns: 300 },
    );
  });
});
