import type { ElementRow } from "../engine/types";
import type { ChangesAnswer, OtherChange } from "./types";

export type Key = string;
export const keyOf = ({ kind, id }: { kind: string; id: string }): Key => `${kind}:${id}`;

/** An element as the server has it; null: it was deleted. */
export interface Stored extends OtherChange {
  readonly version: number;
}

/** All that was written into the annotation after `since` and up to `version`, as far as it is not on this device. */
export interface News {
  readonly since: number;
  readonly version: number;
  readonly results: readonly Stored[];
}

/** The server's side of an annotation, as far as this tab has heard of it. */
export class Known {
  private readonly rows = new Map<Key, Stored>();

  constructor(
    /** All that was written up to this version is known. */
    public version: number,
    rows: readonly ElementRow[],
  ) {
    for (const row of rows) {
      if (row.kind !== "region" && row.kind !== "answer") continue;
      const stored = {
        kind: row.kind,
        id: row.element.id,
        version: row.version,
        element: bodyOf(row.kind, row.element),
      };
      this.rows.set(keyOf(stored), stored);
    }
  }

  get(key: Key): Stored | undefined {
    return this.rows.get(key);
  }

  /** Gives the elements that are new here. Whoever missed what was written before `since` still misses it. */
  learn({ since, version, results }: News): Key[] {
    const fresh: Key[] = [];
    for (const stored of results) {
      const key = keyOf(stored);
      if (stored.version <= (this.rows.get(key)?.version ?? -1)) continue;
      this.rows.set(key, stored);
      fresh.push(key);
    }
    if (this.version >= since) this.version = Math.max(this.version, version);
    return fresh;
  }
}

/** Regions are their own body, answers stand in their element. */
export const bodyOf = (kind: "region" | "answer", element: unknown): unknown =>
  kind === "answer" ? ((element as { value?: unknown } | null | undefined)?.value ?? null) : (element ?? null);

/** What the server says was written, as news. */
export function newsOf(since: number, { version, results }: ChangesAnswer): News {
  const own = results.flatMap(({ kind, id, version, element }): Stored[] =>
    kind === "region" || kind === "answer" ? [{ kind, id, version, element: bodyOf(kind, element) }] : [],
  );
  return { since, version, results: own };
}
