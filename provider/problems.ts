/** `["headers", "X-A"]` → `headers["X-A"]`, the way a program writes it. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, depth) => {
      if (typeof key === "string" && /^\w+$/.test(key)) return depth === 0 ? key : `.${key}`;
      return `[${JSON.stringify(key)}]`;
    })
    .join("");
}

/**
 * What to write instead of an unknown name: the one that differs only by case, separators or a
 * missing ending, else the whole choice.
 */
export function suggestion(written: string, known: readonly string[]): string {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const near = known.find((name) => {
    const [short = "", long = ""] = [bare(written), bare(name)].sort((a, b) => a.length - b.length);
    return short !== "" && long.startsWith(short);
  });
  return near === undefined ? `known are ${known.join(", ")}` : `did you mean "${near}"?`;
}
