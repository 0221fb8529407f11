import { problemOfReassertEvery } from "../../provider/duration";

describe("reassertEvery", () => {
  it.each(["1h", "8760h", "1d", "365d", "52w", "30d"])("accepts %s", (text) => {
    expect(problemOfReassertEvery(text)).toBeUndefined();
  });

  it.each([
    ["", 'must be a duration like "12h", "7d" or "2w"'],
    ["0d", 'must be a duration like "12h", "7d" or "2w"'],
    ["1.5d", 'must be a duration like "12h", "7d" or "2w"'],
    ["30m", 'must be a duration like "12h", "7d" or "2w"'],
    ["1 d", 'must be a duration like "12h", "7d" or "2w"'],
    ["366d", "must be at most 365d"],
    ["53w", "must be at most 365d"],
    ["8761h", "must be at most 365d"],
  ])("rejects %j", (text, problem) => {
    expect(problemOfReassertEvery(text)).toBe(problem);
  });
});
