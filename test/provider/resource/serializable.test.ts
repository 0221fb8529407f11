import * as pulumi from "@pulumi/pulumi";
import { unknownValue } from "../../../provider/pulumi-values";
import { serializable, serializableRecord } from "../../../provider/resource/serializable";
import { settled } from "./settled";

const path = 'VccProvider "crm": headers';
const plain = `${path}: must be a plain object of names and values`;
const emptyOutput = `${path}: the output is an empty object`;
const map = new Map([["X-A", "canary"]]);

/** What a value is once all promises and outputs around it have resolved. */
async function resolved(value: unknown): Promise<unknown> {
  const inner = await value;
  return pulumi.Output.isInstance(inner) ? (await settled(inner)).value : inner;
}

describe("serializableRecord", () => {
  it.each([
    ["a promise of a Map", Promise.resolve(map), plain],
    ["an output that becomes a Map", pulumi.output(1).apply(() => map), plain],
    ["a promise of an output", Promise.resolve(pulumi.output(1).apply(() => map)), plain],
    ["an output of a Map", pulumi.output(map), emptyOutput],
    ["a secret Headers", pulumi.secret(new Headers({ "X-A": "canary" })), emptyOutput],
    ["an output of URLSearchParams", pulumi.output(new URLSearchParams("a=canary")), emptyOutput],
  ])("rejects %s", async (_case, record, message) => {
    const failure = resolved(serializableRecord(path, record));
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(/canary/);
  });

  it.each([
    ["an object", { "X-A": "a" }],
    ["a promise of an object", Promise.resolve({ "X-A": "a" })],
    ["an output of an object", pulumi.secret({ "X-A": "a" })],
  ])("returns %s", async (_case, record) => {
    expect(await resolved(serializableRecord(path, record))).toEqual({ "X-A": "a" });
  });

  it.each([
    ["an empty object", {}],
    ["undefined", undefined],
  ])("returns %s", async (_case, record) => {
    expect(await resolved(serializableRecord(path, record))).toEqual(await resolved(record));
  });

  it("replaces missing values, also of outputs, and keeps null", async () => {
    const record = { a: undefined, b: pulumi.output(undefined), c: null };
    const { a, b, c } = serializableRecord(path, record, null);
    expect([a, await resolved(b), c]).toEqual([null, null, null]);
    expect(serializableRecord(path, { a: undefined, c: null })).toEqual({ a: undefined, c: null });
  });

  it.each([
    ["an output", pulumi.output(undefined), null],
    ["a promise", Promise.resolve(undefined), null],
    ["a value", { hold: pulumi.output(undefined) }, { hold: null }],
  ])("forwards undefined of %s as null, which check rejects", async (_case, record, forwarded) => {
    const result = await resolved(serializableRecord<unknown>(path, record));
    expect(await resolved(pulumi.output(result))).toEqual(forwarded);
  });

  it("rejects without a stack trace, which Pulumi would print", async () => {
    const failure = resolved(
      serializableRecord(
        path,
        pulumi.output(1).apply(() => map),
      ),
    );
    await expect(failure).rejects.toMatchObject({ stack: "" });
  });

  it("rejects values of outputs, with their names", async () => {
    const record = { "X-A": pulumi.secret("canary\ud800"), "X-B": Promise.resolve(unknownValue) };
    const result = serializableRecord(path, record);
    await expect(resolved(result["X-A"])).rejects.toThrow(
      `${path}["X-A"]: contains half of a surrogate pair`,
    );
    await expect(resolved(result["X-B"])).rejects.toThrow(
      `${path}["X-B"]: must not be the text that marks unknown values`,
    );
  });
});

describe("serializable", () => {
  it("rejects what is unknown although this is not a preview", () => {
    expect(() => serializable("endpoint", pulumi.unknown)).toThrow("endpoint: is unknown");
  });

  it.each([
    pulumi.output(undefined),
    Promise.resolve(undefined),
    Promise.resolve(pulumi.output(undefined)),
  ])("forwards undefined as null unless the program wrote it", async (value) => {
    expect(await resolved(serializable("endpoint", value))).toBeNull();
    expect(serializable("endpoint", undefined)).toBeUndefined();
  });

  it("rejects a function that a promise returns", async () => {
    const failure = resolved(
      serializable(
        "endpoint",
        Promise.resolve(() => "canary"),
      ),
    );
    await expect(failure).rejects.toThrow("endpoint: must not be a function");
  });
});
