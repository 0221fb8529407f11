import * as z from "zod/mini";
import { InputError } from "../errors";
import { isRegisterUrl, type Request } from "./request";
import { variableInJson } from "./variables";

const Text = z.optional(z.nullable(z.string()));

const PostmanRequest = z.object({
  method: Text,
  url: z.union([z.string(), z.object({ raw: z.string() })]),
  body: z.optional(z.nullable(z.object({ mode: Text, raw: Text }))),
});

const Item = z.object({
  name: Text,
  request: z.optional(z.unknown()),
  get item() {
    return z.optional(z.array(Item));
  },
});
type Item = z.infer<typeof Item>;

/** A collection of version 2.x, as Postman's export or its API returns it. */
const Collection = z.object({ info: z.object({}), item: z.array(Item) });
const PostmanCollection = z.union([
  Collection,
  z.pipe(
    z.object({ collection: Collection }),
    z.transform(({ collection }) => collection),
  ),
]);
type Collection = z.infer<typeof Collection>;

/** Returns undefined for anything else. */
export function parseCollection(content: unknown): Collection | undefined {
  return z.safeParse(PostmanCollection, content).data;
}

/**
 * The requests of a Postman collection, in its folders too, whose URL ends with `/Register`.
 *
 * @throws InputError, which names each such request without a raw body
 */
export function requestsInCollection({ item }: Collection, name: string): Request[] {
  const problems: string[] = [];
  const requests = itemsIn(item).flatMap(({ name: title, request }) => {
    const { data } = z.safeParse(PostmanRequest, request);
    if (data === undefined) return [];
    const { method, url, body } = data;
    const address = typeof url === "string" ? url : url.raw;
    if (!isRegisterUrl(address)) return [];
    const where = `${name}, request ${JSON.stringify(title ?? "")}`;
    const json = body?.raw?.replaceAll(/\{\{([A-Za-z_]\w*)\}\}/g, (_, variable: string) =>
      variableInJson(variable),
    );
    const problem =
      method !== "POST"
        ? "is not a POST"
        : body?.mode !== "raw" || json === undefined
          ? "has no raw body"
          : json.includes("{{")
            ? "has a variable whose name is not letters, digits and underscores: write its value"
            : undefined;
    if (problem !== undefined || json === undefined) {
      problems.push(`${where} ${problem}`);
      return [];
    }
    return [{ where, json, url: address }];
  });
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  return requests;
}

function itemsIn(items: readonly Item[]): Item[] {
  return items.flatMap((each) => [each, ...itemsIn(each.item ?? [])]);
}
