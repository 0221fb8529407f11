import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020, { type AnySchemaObject } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { validateXML } from "xmllint-wasm";
import type { DriftReport } from "../cli/drift/report/schema";

// Reads reports as other tools do, and validates them against the published schemas first.

const read = (path: string) => readFileSync(join(__dirname, path), "utf8");

const reportSchema: AnySchemaObject = JSON.parse(read("../schemas/drift-report-2.schema.json"));
// The published schema allows additional fields; this version must write none.
const validateReport = addFormats(new Ajv2020({ allowUnionTypes: true })).compile<DriftReport>(
  JSON.parse(JSON.stringify(reportSchema), (_key, value) =>
    value?.required === undefined ? value : { ...value, additionalProperties: false },
  ),
);

const junitSchemas = ["schemas/junit-jenkins-10.xsd", "schemas/junit-ant.xsd"].map((path) => ({
  fileName: path,
  contents: read(path),
}));

export function parseReport(text: string): DriftReport {
  const report = JSON.parse(text);
  if (validateReport(report)) return report;
  throw new Error(JSON.stringify(validateReport.errors, null, 2));
}

/** What JUnit readers see: the test cases and their failures. */
export async function parseJunit(text: string): Promise<JunitCase[]> {
  for (const schema of junitSchemas) {
    const { valid, errors } = await validateXML({
      xml: { fileName: "report.xml", contents: text },
      schema: [schema],
    });
    if (!valid) throw new Error(errors.map(({ rawMessage }) => rawMessage).join("\n"));
  }
  const cases = text.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs);
  return [...cases].map(([, attributes = "", body = ""]) => ({
    name: attribute("name", attributes) ?? "",
    failure: /<failure /.test(body) ? attribute("type", body) : undefined,
    error: /<error /.test(body) ? attribute("message", body) : undefined,
  }));
}

export interface JunitCase {
  name: string;
  /** The class. */
  failure: string | undefined;
  error: string | undefined;
}

function attribute(name: string, text: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`)
    .exec(text)?.[1]
    ?.replace(/&(lt|gt|quot|apos|amp);/g, (_entity, code: keyof typeof entities) => entities[code]);
}

const entities = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
