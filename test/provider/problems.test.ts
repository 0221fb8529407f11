import { formatPath, suggestion } from "../../provider/problems";

describe("problems", () => {
  it("writes a path as a program would", () => {
    expect(formatPath(["agentActionsPermitted", "hold"])).toBe("agentActionsPermitted.hold");
    expect(formatPath(["headers", 'X-"A"'])).toBe('headers["X-\\"A\\""]');
  });

  it.each([
    ["transfertoagent", 'did you mean "transferToAgent"?'],
    ["transfer_to_route", 'did you mean "transferToRoute"?'],
    ["holds", 'did you mean "hold"?'],
    ["", "known are release, hold, transferToAgent, transferToRoute"],
    ["---", "known are release, hold, transferToAgent, transferToRoute"],
    ["end", "known are release, hold, transferToAgent, transferToRoute"],
  ])("suggests for %j: %s", (written, expected) => {
    const known = ["release", "hold", "transferToAgent", "transferToRoute"];
    expect(suggestion(written, known)).toBe(expected);
  });
});
