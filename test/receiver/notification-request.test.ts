import { notificationRequest } from "../../receiver";

describe("notificationRequest", () => {
  it("builds an AssignToAgent with a new ID by default", async () => {
    const request = notificationRequest();
    expect([request.method, request.url]).toEqual(["POST", "https://receiver.example/"]);
    expect(Object.fromEntries(request.headers)).toEqual({ "content-type": "application/json" });
    const [notification] = (await request.json()) as Array<Record<string, unknown>>;
    expect(notification).toEqual({
      notification: "AssignToAgent",
      objectid: "example-1",
      notificationid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      params: { AccountName: "Example", Agent: "Example Agent", AgentId: "5464" },
    });
    const [other] = (await notificationRequest().json()) as Array<Record<string, unknown>>;
    expect(other?.notificationid).not.toBe(notification?.notificationid);
  });

  it("adds the registered headers, which override the content type, and the fingerprint", async () => {
    const { headers, url } = notificationRequest({
      url: "https://crm.example.com/vcc",
      headers: { Authorization: "Bearer t", "Content-Type": "text/json" },
      registration: "0123456789ab",
    });
    expect(url).toBe("https://crm.example.com/vcc");
    expect(Object.fromEntries(headers)).toEqual({
      authorization: "Bearer t",
      "content-type": "text/json",
      "x-vcc-registration": "0123456789ab",
    });
  });

  it("contains one or several notifications", async () => {
    const one = notificationRequest({ notification: "Release", objectid: "a1", extra: true });
    expect(await one.json()).toMatchObject([
      { notification: "Release", objectid: "a1", extra: true },
    ]);
    const several = notificationRequest({
      notifications: [{ objectid: "a1" }, { objectid: "a2" }],
    });
    expect(await several.json()).toMatchObject([{ objectid: "a1" }, { objectid: "a2" }]);
  });
});
