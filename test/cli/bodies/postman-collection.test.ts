import { parseCollection, requestsInCollection } from "../../../cli/bodies/postman-collection";

const request = (fields: object = {}) => ({
  name: "Register CRM",
  request: {
    method: "POST",
    header: [{ key: "Authorization", value: "Bearer {{token}}" }],
    url: { raw: "{{api}}/Register", path: ["Register"] },
    body: { mode: "raw", raw: '{"provider":"A"}' },
    ...fields,
  },
});

function requestsOf(...item: object[]) {
  const collection = parseCollection({ info: { name: "VCC" }, item });
  if (collection === undefined) throw new Error("not a collection");
  return requestsInCollection(collection, "a.json");
}

describe("requestsInCollection", () => {
  it("reads the requests to Register, also of folders", () => {
    const other = { name: "Invoke", request: { method: "POST", url: "https://a/Invoke" } };
    expect(requestsOf({ name: "Folder", item: [other, request()] })).toEqual([
      {
        where: 'a.json, request "Register CRM"',
        json: '{"provider":"A"}',
        url: "{{api}}/Register",
      },
    ]);
  });

  it("marks variables", () => {
    const raw = '{"headers":{"X":"{{callbackToken}}"}}';
    expect(requestsOf(request({ body: { mode: "raw", raw } }))[0]?.json).toBe(
      String.raw`{"headers":{"X":"\u0000callbackToken\u0000"}}`,
    );
  });

  it.each([
    ["another method", { method: "PUT" }, "is not a POST"],
    ["another kind of body", { body: { mode: "urlencoded" } }, "has no raw body"],
    [
      "a dynamic variable",
      { body: { mode: "raw", raw: '"{{$guid}}"' } },
      "has a variable whose name",
    ],
  ])("refuses %s by name", (_case, fields, message) => {
    expect(() => requestsOf(request(fields))).toThrow(`a.json, request "Register CRM" ${message}`);
  });
});

describe("parseCollection", () => {
  it("reads what Postman's API returns", () => {
    expect(parseCollection({ collection: { info: {}, item: [] } })).toBeDefined();
  });

  it.each([{ provider: "A" }, [], "a"])("returns undefined for %j", (content) => {
    expect(parseCollection(content)).toBeUndefined();
  });
});
