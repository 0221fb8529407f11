import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publishedSchemas } from "../../tools/schemas";

describe("published schemas", () => {
  it.each([...publishedSchemas()])(
    "contain what `npm run schemas` generates: %s",
    (file, schema) => {
      const published = readFileSync(join(__dirname, "../../schemas", file), "utf8");
      expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(schema)));
    },
  );
});
