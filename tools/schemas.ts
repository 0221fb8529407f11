/** `npm run schemas`: writes the published schemas of reports, each from the zod schema of its command. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { ConformanceReport } from "../cli/conformance/schema";
import { DriftReport } from "../cli/drift/report/schema";
import { Inventory } from "../cli/inventory/schema";
import { VerifyReport } from "../cli/verify/schema";

const reports = {
  "conformance-1.schema.json": ConformanceReport,
  "drift-report-2.schema.json": DriftReport,
  "inventory-1.schema.json": Inventory,
  "verify-report-1.schema.json": VerifyReport,
};

/** File name → JSON Schema. Readers accept additional fields, which later versions may write. */
export function publishedSchemas(): Map<string, object> {
  const schemas = Object.entries(reports).map(([file, report]): [string, object] => {
    const { $schema, ...schema } = z.toJSONSchema(report, {
      io: "input",
      override({ jsonSchema }) {
        // The format says it.
        if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      },
    });
    const { title, description, ...content } = schema;
    const $id = `https://unpkg.com/pulumi-vcc/schemas/${file}`;
    return [file, { $schema, $id, title, description, ...content }];
  });
  return new Map(schemas);
}

if (require.main === module) {
  const folder = join(__dirname, "../schemas");
  for (const [file, schema] of publishedSchemas()) {
    writeFileSync(join(folder, file), JSON.stringify(schema));
  }
  spawnSync("biome", ["format", "--write", folder], { stdio: "inherit" });
}
