import * as z from "zod/mini";

// The fields of published reports, each with its description. `npm run schemas` generates
// schemas/*.schema.json from them. Commands import only types of the schemas: loading zod takes 0.1 s.

export const text = (description: string) => z.string().check(z.describe(description));
export const textOrNull = (description: string) =>
  z.nullable(z.string()).check(z.describe(description));
/** UTC, RFC 3339. */
export const time = (description: string) => z.iso.datetime().check(z.describe(description));
export const timeOrNull = (description: string) =>
  z.nullable(z.iso.datetime()).check(z.describe(description));
export const flag = (description: string) => z.boolean().check(z.describe(description));
export const count = (description: string) => z.int().check(z.minimum(0), z.describe(description));
export const listOf = <Item extends z.ZodMiniType>(item: Item, description: string) =>
  z.array(item).check(z.describe(description));
