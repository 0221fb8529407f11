import { PassThrough } from "node:stream";
import { confirm } from "../../cli/output";

/** A terminal, and the answer to a question. */
function ask({ signal }: { signal?: AbortSignal } = {}) {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { isTTY: true });
  return { input, answer: confirm("Send this?", { signal, input, output }) };
}

describe("confirm", () => {
  it.each([
    ["y\n", true],
    ["YES\n", true],
    ["n\n", false],
    ["\n", false],
  ])("reads the answer %j", async (text, expected) => {
    const { input, answer } = ask();
    input.write(text);
    expect(await answer).toBe(expected);
  });

  it("means no at the end of the input", async () => {
    const { input, answer } = ask();
    input.end();
    expect(await answer).toBe(false);
  });

  it("means no after Ctrl-C, which others notice as SIGINT", async () => {
    const notice = jest.fn();
    process.once("SIGINT", notice);
    const { input, answer } = ask();
    input.write("\u0003");
    expect(await answer).toBe(false);
    expect(notice).toHaveBeenCalled();
  });

  it.each(["SIGTERM", "SIGHUP"] as const)("means no after %s, and forgets it", async (name) => {
    const before = process.listenerCount(name);
    const { answer } = ask();
    process.emit(name);
    expect(await answer).toBe(false);
    expect(process.listenerCount(name)).toBe(before);
  });

  it("means no after its signal", async () => {
    const controller = new AbortController();
    const { answer } = ask(controller);
    controller.abort();
    expect(await answer).toBe(false);
  });
});
