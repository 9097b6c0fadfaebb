import type { Change, Diff, ElementRow } from "../types";
import type { Steps } from "./history";

/** The steps that can still be undone on a document that was opened again: a change whose element is not as the step left it
 * (another device wrote it, or the server cut it to the image) is left out, with every older change of that element.
 *
 * @param elements the document as it is now.
 */
export function fitting({ done, undone }: Steps, elements: readonly ElementRow[]): Steps {
  const now = new Map<string, string>();
  for (const { kind, element } of elements)
    now.set(`${kind}:${element.id}`, told(kind === "answer" ? element.value : element));
  return {
    done: walk([...done].reverse(), new Map(now), "after", "before").reverse(),
    undone: walk([...undone].reverse(), new Map(now), "before", "after").reverse(),
  };
}

/** Walk away from the present: each change must meet its element as it is by then (`here`) and leaves it as `there`. */
function walk(
  steps: readonly Diff[],
  state: Map<string, string>,
  here: "before" | "after",
  there: "before" | "after",
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

/** What counts of an element, in one order of keys: what is empty says nothing, and who wrote it is the server's to say. */
function told(value: unknown): string {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value ?? null);
  const said = Object.entries(value).filter(([key, inner]) => key !== "source" && !isEmpty(inner));
  return JSON.stringify(Object.fromEntries(said), (_, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const isEmpty = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === "object" && Object.keys(value as object).length === 0);
