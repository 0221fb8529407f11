import { changesSince } from "../../../../cli/drift/report/changes";
import { errorReportOf, registration, reportOf, rotated } from "../samples";

const inSync = reportOf([registration]);
const pending = reportOf([rotated]);
const { urn } = registration;
const change = { stack: "project/dev", urn, provider: "Crm" };

describe("changes", () => {
  it.each([
    ["a class that changed", inSync, pending, [{ ...change, before: "in sync", after: "pending" }]],
    ["a class that is the same", pending, pending, []],
    ["what was repaired", pending, inSync, [{ ...change, before: "pending", after: "in sync" }]],
    ["what is gone", pending, reportOf([]), [{ ...change, before: "pending", after: null }]],
    ["what is new", reportOf([]), pending, [{ ...change, before: null, after: "pending" }]],
    ["what is new and in sync", reportOf([]), inSync, []],
    ["what was in sync and is gone", inSync, reportOf([]), []],
    ["the first report", null, pending, [{ ...change, before: null, after: "pending" }]],
    ["the first report, all in sync", null, inSync, []],
  ])("contain %s", (_case, earlier, report, expected) => {
    expect(changesSince(earlier, report)).toEqual(expected);
  });

  it("contain a stack that could not be checked", () => {
    expect(changesSince(inSync, errorReportOf("locked"))[0]).toEqual({
      stack: "project/dev",
      urn: null,
      provider: null,
      before: "checked",
      after: "check failed",
    });
  });
});
