import { parseNotifications } from "../../receiver/notification";

const notification = {
  notification: "AssignToAgent",
  objectid: "a1",
  notificationid: "n1",
  params: { AccountName: "Acme", Agent: "Ann", AgentId: "5464" },
};

describe("notifications", () => {
  it("are parsed from an array of any length", () => {
    expect(parseNotifications(JSON.stringify([notification, notification]))).toEqual([
      notification,
      notification,
    ]);
    expect(parseNotifications("[]")).toEqual([]);
    expect(parseNotifications(`\uFEFF${JSON.stringify([notification])}`)).toEqual([notification]);
  });

  it("keep unknown kinds and fields", () => {
    const unknown = {
      ...notification,
      notification: "Hold",
      priority: 1,
      params: { ...notification.params, Skill: ["a"] },
    };
    expect(parseNotifications(JSON.stringify([unknown]))).toEqual([unknown]);
  });

  it("may have no agent", () => {
    const release = { notification: "Release", objectid: "a1", notificationid: "n1" };
    const parse = (params: unknown) => parseNotifications(JSON.stringify([{ ...release, params }]));
    expect(parse(undefined)).toEqual([{ ...release, params: {} }]);
    expect(parse(null)).toEqual([{ ...release, params: {} }]);
    expect(parse({ Agent: null })).toEqual([{ ...release, params: { Agent: null } }]);
  });

  it("have strings as IDs, with every digit", () => {
    const body =
      '[{"notification":"Release","objectid":12345678901234567890,"notificationid":1e2,"params":{"AgentId":5464,"Count":3}}]';
    expect(parseNotifications(body)).toEqual([
      {
        notification: "Release",
        objectid: "12345678901234567890",
        notificationid: "1e2",
        params: { AgentId: "5464", Count: 3 },
      },
    ]);
  });

  it.each([
    ["no JSON", "notification"],
    ["nothing", ""],
    ["one notification without an array", JSON.stringify(notification)],
    ["null", "null"],
    ["an array of something else", '["AssignToAgent"]'],
    ["params that are an array", JSON.stringify([{ ...notification, params: ["5464"] }])],
    ...["notification", "objectid", "notificationid"].map((field) => [
      `no ${field}`,
      JSON.stringify([notification, { ...notification, [field]: undefined }]),
    ]),
    ["an empty ID", JSON.stringify([{ ...notification, notificationid: "" }])],
    ["an endless ID", JSON.stringify([{ ...notification, notificationid: "1".repeat(257) }])],
    ["params that are no object", JSON.stringify([{ ...notification, params: "x" }])],
    ["an agent that is no text", JSON.stringify([{ ...notification, params: { Agent: {} } }])],
  ])("cannot be parsed from %s", (_what, body = "") => {
    expect(() => parseNotifications(body)).toThrow();
  });

  it.each([
    [{ ...notification, objectid: undefined }, "1.objectid: is missing"],
    [{ ...notification, notificationid: "" }, "1.notificationid: is empty"],
    [
      { ...notification, params: { Agent: "canary", AgentId: ["canary"] } },
      "1.params.AgentId: must be a string",
    ],
    ["canary", "1: must be an object"],
  ])("have errors that say where %j is invalid, and quote no value", (invalid, message) => {
    let problem: unknown;
    try {
      parseNotifications(JSON.stringify([notification, invalid]));
    } catch (error) {
      problem = error;
    }
    expect(problem).toMatchObject({ message });
    // Loggers write all properties.
    expect(JSON.stringify(problem)).not.toContain("canary");
  });

  it("keep every field but __proto__", () => {
    const body = JSON.stringify([{ ...notification, constructor: 1, prototype: 2 }]);
    const [parsed] = parseNotifications(
      body.replace('"prototype"', '"__proto__":{"x":1},"prototype"'),
    );
    expect(Object.entries(parsed ?? {})).toEqual(
      Object.entries({ ...notification, constructor: 1, prototype: 2 }),
    );
  });
});
