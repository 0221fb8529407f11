import { suggestion } from "../../provider/suggestion";

describe("suggestion", () => {
  it.each([
    ["transfertoagent", 'did you mean "transferToAgent"?'],
    ["transfer_to_route", 'did you mean "transferToRoute"?'],
    ["holds", 'did you mean "hold"?'],
    ["relaese", 'did you mean "release"?'],
    ["transfrToAgnet", 'did you mean "transferToAgent"?'],
    ["trnsfrToAgnet", "use one of release, hold, transferToAgent, transferToRoute"],
    ["", "use one of release, hold, transferToAgent, transferToRoute"],
    ["---", "use one of release, hold, transferToAgent, transferToRoute"],
    ["end", "use one of release, hold, transferToAgent, transferToRoute"],
  ])("for %j is: %s", (written, expected) => {
    const known = ["release", "hold", "transferToAgent", "transferToRoute"];
    expect(suggestion(written, known)).toBe(expected);
  });
});
