/**
 * Suggests a replacement for an unknown name: the known name that differs only by case, separators or a
 * missing ending, or that is misspelled, otherwise all known names.
 */
export function suggestion(written: string, known: readonly string[]): string {
  const near =
    known.find((name) => {
      const [short = "", long = ""] = [letters(written), letters(name)].sort(
        (a, b) => a.length - b.length,
      );
      return short !== "" && long.startsWith(short);
    }) ?? misspelled(written, known);
  return near === undefined ? `use one of ${known.join(", ")}` : `did you mean "${near}"?`;
}

/** The known name that differs only by case, separators, or a letter or two. `undefined` if none does. */
export function misspelled(written: string, known: readonly string[]): string | undefined {
  return known.find((name) => {
    const edits = name.length < 5 ? 0 : name.length < 10 ? 1 : 2;
    return isWithin(edits, letters(written), letters(name));
  });
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Whether so many letters inserted, dropped, replaced or swapped turn one text into the other. */
function isWithin(edits: number, a: string, b: string): boolean {
  if (a === b) return true;
  if (edits === 0) return false;
  let same = 0;
  while (a[same] === b[same]) same += 1;
  const rest = (text: string, skipped: number) => text.slice(same + skipped);
  const isSwapped = a[same] === b[same + 1] && a[same + 1] === b[same];
  return (
    isWithin(edits - 1, rest(a, 1), rest(b, 1)) ||
    isWithin(edits - 1, rest(a, 1), rest(b, 0)) ||
    isWithin(edits - 1, rest(a, 0), rest(b, 1)) ||
    (isSwapped && isWithin(edits - 1, rest(a, 2), rest(b, 2)))
  );
}
