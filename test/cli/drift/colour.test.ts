import { writeOutputs } from "../../../cli/drift/outputs";
import { reportOf, rotated } from "./samples";

describe("standard output", () => {
  const written: string[] = [];
  let isTerminal = true;
  beforeEach(() => {
    written.length = 0;
    jest.replaceProperty(process, "env", { ...process.env, NO_COLOR: "" });
    jest.spyOn(process.stdout, "write").mockImplementation(((text: string, done: () => void) => {
      written.push(text);
      done();
      return true;
    }) as never);
    process.stdout.hasColors = () => isTerminal;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    Reflect.deleteProperty(process.stdout, "hasColors");
  });

  it.each([
    [true, "", true],
    [true, "1", false],
    [false, "", false],
  ])("has colours: terminal %s, NO_COLOR=%j: %s", async (terminal, noColour, coloured) => {
    isTerminal = terminal;
    process.env.NO_COLOR = noColour;
    expect(await writeOutputs(reportOf([rotated]), [{ format: "text" }])).toEqual([]);
    expect(written.join("").includes("\u001b[33mpending")).toBe(coloured);
  });
});
