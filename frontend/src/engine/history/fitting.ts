import type { Change, Diff, ElementRow } from "../types";
import type { Steps } from "./history";

/** The steps that can still be undone on a document that was opened again: a change whose element is not as the step left it
 * (another device wrote it, or the server cut it to the image) is left out, with every older change of that element.
 *
 * @param elements the document as it is now.
 * @param blobOf the name of run lengths too long for a document, null of those that are not: steps hold masks in full.
 */
export function fitting(
  { done, undone }: Steps,
  elements: readonly ElementRow[],
  blobOf: (counts: string) => string | null = () => null,
): Steps {
  const now = new Map<string, string>();
  const told = teller(blobOf);
  for (const { kind, element } of elements)
    now.set(`${kind}:${element.id}`, told(kind === "answer" ? element.value : element));
  return {
    done: walk([...done].reverse(), new Map(now), "after", "before", told).reverse(),
    undone: walk([...undone].reverse(), new Map(now), "before", "after", told).reverse(),
  };
}

/** Walk away from the present: each change must meet its element as it is by then (`here`) and leaves it as `there`. */
function walk(
  steps: readonly Diff[],
  state: Map<string, string>,
  here: "before" | "after",
  there: "before" | "after",
  told: (value: unknown) => string,
): Diff[] {
  const lost = new Set<string>();
  return steps.flatMap((step) => {
    const kept = step.changes.filter((change) => {
      const key = `${change.kind}:${change.id}`;
      if (lost.has(key) || (state.get(key) ?? told(null)) !== told(change[here])) {
        lost.add(key);
        return false;
      }
      state.set(key, told(change[there]));
      return true;
    });
    if (kept.length === step.changes.length) return [step];
    return kept.length ? [{ ...step, changes: kept as Change[] }] : [];
  });
}

/** What counts of an element, in one order of keys: what is empty says nothing, who wrote it is the server's to say, and a
 * long mask is the same with its run lengths in it or beside it. */
function teller(blobOf: (counts: string) => string | null): (value: unknown) => string {
  const names = new Map<string, string | null>();
  const named = (key: string, inner: unknown): [string, unknown] => {
    if (key !== "counts" || typeof inner !== "string") return [key, inner];
    if (!names.has(inner)) names.set(inner, blobOf(inner));
    const blob = names.get(inner);
    return blob ? ["blob", blob] : [key, inner];
  };
  const ordered = (_: string, inner: unknown): unknown => {
    if (!isObject(inner)) return inner;
    const entries = Object.entries(inner).map(([key, value]) => named(key, value));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return (value) => {
    if (!isObject(value)) return JSON.stringify(value ?? null);
    const said = Object.entries(value).filter(([key, inner]) => key !== "source" && !isEmpty(inner));
    return JSON.stringify(Object.fromEntries(said), ordered);
  };
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === "object" && Object.keys(value as object).length === 0);
