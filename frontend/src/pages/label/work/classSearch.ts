import type { SchemaClass } from "@/engine/types";

const KEYED = 10; // so many classes have a digit of their own

type Named = SchemaClass & { aliases?: string[] };

const wordsOf = (name: string): string[] => name.split(/[\s_\-/]+/).filter(Boolean);

/** How well a name fits what was typed: 0 is best, null not at all. */
function fit(name: string, wanted: string): number | null {
  const lower = name.toLowerCase();
  if (lower === wanted) return 0;
  if (lower.startsWith(wanted)) return 1;
  const words = wordsOf(lower);
  const initials = words.map((word) => word[0]).join("");
  if (words.length > 1 && initials.startsWith(wanted)) return 2;
  if (words.some((word) => word.startsWith(wanted))) return 3;
  return lower.includes(wanted) ? 4 : null;
}

function bestFit(one: Named, wanted: string): number | null {
  const fits = [one.title ?? "", one.name, ...(one.aliases ?? [])].flatMap((name) => fit(name, wanted) ?? []);
  return fits.length ? Math.min(...fits) : null;
}

/** Classes that what was typed may mean, the likeliest first: whole names, beginnings, initials ("tl" for traffic light),
 * later words, any part. */
export function searched(classes: readonly SchemaClass[], typed: string): SchemaClass[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return [...classes];
  const numbered = byNumber(classes, wanted);
  if (numbered) return [numbered.found];
  return classes
    .flatMap((one) => {
      const rank = bestFit(one, wanted);
      return rank === null ? [] : [{ one, rank }];
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}

/** Beyond ten, classes are known by their number in the list too: at most three digits for 500 of them. `certain` where
 * no longer number begins with it. Where names hold these digits, names are meant. */
export function byNumber(
  classes: readonly SchemaClass[],
  typed: string,
): { found: SchemaClass; certain: boolean } | null {
  if (classes.length <= KEYED || !/^\d+$/.test(typed)) return null;
  const found = classes[Number(typed) - 1];
  if (!found || classes.some((one) => bestFit(one, typed) !== null)) return null;
  return { found, certain: Number(typed) * 10 > classes.length || typed.length >= String(classes.length).length };
}
