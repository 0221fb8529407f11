import { leastPowerfulSettings, toSettings } from "../../provider/settings";

describe("settings", () => {
  it("writes the documented example of a registration", () => {
    expect(
      JSON.stringify(
        toSettings({
          provider: "TestProviderName",
          endpoint: "https://endpoint.example.com/routingendpoint",
          headers: { "x-header1": "value1", "x-header2": "value2" },
          agentActionsPermitted: {
            release: true,
            hold: true,
            transferToAgent: true,
            transferToRoute: true,
          },
        }),
      ),
    ).toBe(
      '{"provider":"TestProviderName","endpoint":"https://endpoint.example.com/routingendpoint",' +
        '"headers":{"x-header1":"value1","x-header2":"value2"},' +
        '"agentactionspermitted":{"release":1,"hold":1,"transferToAgent":1,"transferToRoute":1}}',
    );
  });

  it("states every permission and leaves out what is empty", () => {
    expect(
      toSettings({
        provider: "Crm",
        headers: {},
        agentActionsPermitted: {
          release: false,
          hold: true,
          transferToAgent: false,
          transferToRoute: false,
        },
      }),
    ).toEqual({
      provider: "Crm",
      agentactionspermitted: { release: 0, hold: 1, transferToAgent: 0, transferToRoute: 0 },
    });
  });

  it("resets a name to release only, without endpoint and headers", () => {
    expect(leastPowerfulSettings("Crm")).toEqual({
      provider: "Crm",
      agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
    });
  });
});
