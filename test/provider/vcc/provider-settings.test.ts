import { resetSettings, toProviderSettings } from "../../../provider/vcc/provider-settings";

describe("provider settings", () => {
  it("match the documented example", () => {
    expect(
      JSON.stringify(
        toProviderSettings({
          provider: "TestProviderName",
          endpoint: "https://endpoint.example.com/routingendpoint",
          headers: { "x-header1": "value1", "x-header2": "value2" },
          agentActionsPermitted: {
            // The engine does not keep the order of properties.
            transferToRoute: true,
            transferToAgent: true,
            release: true,
            hold: true,
          },
        }),
      ),
    ).toBe(
      '{"provider":"TestProviderName","endpoint":"https://endpoint.example.com/routingendpoint",' +
        '"headers":{"x-header1":"value1","x-header2":"value2"},' +
        '"agentactionspermitted":{"release":1,"hold":1,"transferToAgent":1,"transferToRoute":1}}',
    );
  });

  it("state every permission, and omit empty headers", () => {
    expect(
      toProviderSettings({
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

  it("reset a name to release only, without endpoint and headers", () => {
    expect(resetSettings("Crm")).toEqual({
      provider: "Crm",
      agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
    });
  });
});
