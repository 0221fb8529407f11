import { phasesOf } from "../../bench/phases.mts";

const start = Date.parse("2026-11-25T12:00:00.000Z");
const line = (milliseconds: number, msg: string) =>
  JSON.stringify({ time: new Date(start + milliseconds).toISOString(), level: "INFO", msg });
const urn = "urn:pulumi:dev::bench::pulumi-nodejs:dynamic/vcc:VccProvider::crm-0";
const log = [
  "warning: using pulumi-language-nodejs from $PATH",
  line(5, "newPlugin(): Launching plugin 'nodejs'"),
  line(400, "langhost[nodejs].Run(pwd=/p,root=/p) executing"),
  line(1400, "Registering resource: t=pulumi-nodejs:dynamic/vcc:VccProvider, name=crm-0"),
  line(2000, `Provider[0xf2].Check(${urn}) executing (#olds=10,#news=6)`),
  line(2050, `Provider[0xf2].Check(${urn}) success: inputs=#10 failures=#0`),
  line(2100, "Registering resource: t=pulumi-nodejs:dynamic/vcc:VccProvider, name=crm-1"),
];

describe("the phases of an up", () => {
  it("end with what the engine logs", () => {
    expect(phasesOf(log.join("\n"), start, start + 2150)).toEqual({
      phaseEngine: 0.4,
      phaseProgram: 1,
      phaseProvider: 0.6,
      phaseCheck: 0.05,
      phaseEnd: 0.1,
    });
  });

  it("are unknown if the engine logs something else", () => {
    const other = log.filter((text) => !text.includes("Check("));
    expect(phasesOf(other.join("\n"), start, start + 2150)).toEqual({});
  });
});
