/**
 * Suggests a replacement for an unknown name: the known name that differs only by case, separators
 * or a missing ending, otherwise all known names.
 */
export function suggestion(written: string, known: readonly string[]): string {
  const bare = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const near = known.find((name) => {
    const [short = "", long = ""] = [bare(written), bare(name)].sort((a, b) => a.length - b.length);
    return short !== "" && long.startsWith(short);
  });
  return near === undefined ? `use one of ${known.join(", ")}` : `did you mean "${near}"?`;
}
