import { type Emulator, startEmulator } from "../../emulator";
import { count } from "../counts";
import { labelOf } from "../hostile-input/case";
import { argumentsOfRegistration } from "../hostile-input/corpus";
import { environmentOf, expectOutcome } from "../hostile-input/registration";
import { type ProviderHost, startProviderHost } from "./provider-host";

const sampleEvery = 5;

let emulator: Emulator;
let host: ProviderHost;
beforeAll(async () => {
  emulator = await startEmulator();
  host = await startProviderHost({ environment: environmentOf(emulator) });
  await host.configure({});
});
afterAll(async () => {
  await host.close();
  await emulator.close();
});
beforeEach(() => emulator.reset());

describe("provider host, given a hostile argument,", () => {
  const sample = Object.entries(argumentsOfRegistration).flatMap(([argument, cases]) =>
    cases
      .filter((_hostile, index) => index % sampleEvery === 0)
      .map((hostile) => [argument, labelOf(hostile.input), hostile] as const),
  );

  it.each(sample)("%s: %s", async (argument, _label, hostile) => {
    count("hostile inputs", 1);
    // One process serves all cases, and a name is one registration.
    const name = `Crm ${sample.findIndex((one) => one[2] === hostile)}`;
    await expectOutcome(emulator, host, argument, hostile, name);
  });
});
