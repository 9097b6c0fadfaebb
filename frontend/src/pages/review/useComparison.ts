import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import { readRegion } from "@/engine/scene/picker";
import type { ElementRow, Region } from "@/engine/types";
import type { Work } from "../label/work/desk";
import { useEditorEvents } from "../label/work/hooks";
import { useChangeWords } from "./Changes";
import { type Difference, decorationsOf, differenceOf, removedOf } from "./diff";
import { alignedTo } from "./pairing";

export type Versions = "before" | "both" | "after";

export function regionsIn(rows: readonly ElementRow[]): Region[] {
  return rows.flatMap((row) => (row.kind === "region" ? (readRegion(row.element) ?? []) : []));
}

async function elementsOf(revision: number): Promise<ElementRow[]> {
  const doc = await api.get<Schemas["RevisionDocument"]>(`/revisions/${revision}`);
  if (doc.elements || !doc.elements_url) return (doc.elements ?? []) as ElementRow[];
  const rows: ElementRow[] = [];
  let next: string | null = doc.elements_url;
  while (next) {
    const page: Schemas["ElementPage"] = await api.get<Schemas["ElementPage"]>(next);
    rows.push(...(page.results as ElementRow[]));
    next = page.next;
  }
  return rows;
}

function useElements(revision: number | null, inline: readonly unknown[] | null): Region[] | null {
  const { data } = useQuery({
    queryKey: ["revision-elements", revision],
    enabled: revision !== null && inline === null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => elementsOf(revision as number),
  });
  return useMemo(() => {
    const rows = (inline as readonly ElementRow[] | null) ?? data;
    return rows ? regionsIn(rows) : null;
  }, [inline, data]);
}

export interface Comparison {
  difference: Difference | null;
  /** The reviewer's own edits on the judged revision. */
  edited: boolean;
  between: string;
  versions: Versions;
  setVersions: (versions: Versions) => void;
  /** The revision that it is compared with; null for the one judged before. */
  against: number | null;
  setAgainst: (revision: number | null) => void;
  /** Those that it can be compared with: earlier states and other people's answers, as far as one may see them. */
  others: readonly Schemas["RevisionOut"][];
}

function useOthers(work: Work | null): readonly Schemas["RevisionOut"][] {
  const task = work?.doc.task.id;
  const judged = work?.doc.revision?.id;
  const { data } = useQuery({
    queryKey: ["task", task, "revisions"],
    enabled: task !== undefined && judged !== undefined,
    queryFn: () => api.get<Schemas["TaskOut"]>(`/tasks/${task}`),
    staleTime: 30_000,
  });
  return useMemo(() => (data?.revisions ?? []).filter(({ id }) => id !== judged).toReversed(), [data, judged]);
}

/** What changed: the reviewer's fixes on the judged revision, else this revision against the one judged before, or against
 * any other that was chosen. */
export function useComparison(editor: Editor | null, work: Work | null, editing: boolean): Comparison {
  const { t } = useTranslation("review");
  const words = useChangeWords();
  const version = useEditorEvents(editor, "change");
  const [versions, setVersions] = useState<Versions>("both");
  const doc = work?.doc;
  const untouched = doc && !doc.annotation.edited ? doc.annotation.elements : null;
  const judged = useElements(doc?.revision?.id ?? null, untouched);
  const [against, setAgainst] = useState<number | null>(null);
  const others = useOthers(work);
  const chosen = others.find(({ id }) => id === against) ?? null;
  const before = useElements(doc?.previous?.revision.id ?? null, doc?.previous?.elements ?? null);
  const other = useElements(chosen?.id ?? null, null);
  const previous = useMemo(
    () => (chosen ? other && judged && alignedTo(judged, other) : before),
    [chosen, other, judged, before],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` counts the changes of the scene
  const fixes = useMemo(
    () => (editor && judged && work ? differenceOf(judged, editor.regions()) : null),
    [editor, judged, work, version],
  );
  const edited = fixes !== null && fixes.changes.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task begins with both
  useEffect(() => {
    setVersions("both");
    setAgainst(null);
  }, [work]);

  const own = edited || editing;
  const base = own ? judged : previous;
  const difference = useMemo(() => {
    if (own) return fixes;
    return previous && judged ? differenceOf(previous, judged) : null;
  }, [own, fixes, previous, judged]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the words are made anew with every drawing of the page
  useEffect(() => {
    if (!editor || !work) return;
    const ids = editor.regions().map(({ id }) => id);
    editor.setHidden(ids, versions === "before" && base !== null);
    if (versions === "before" && base) {
      editor.setDecorations(new Map());
      editor.setGhosts(base.map((region) => Object.freeze({ ...region, id: `before:${region.id}` }) as Region));
    } else if (versions === "both" && difference && !editing) {
      editor.setDecorations(decorationsOf(difference, words));
      editor.setGhosts(removedOf(difference));
    } else {
      editor.setDecorations(new Map());
      editor.setGhosts([]);
    }
  }, [editor, work, versions, base, difference, editing]);
  const number = doc?.revision?.number ?? 0;
  const between = own
    ? t("changes.own")
    : previous
      ? t("changes.between", { now: number, before: chosen?.number ?? doc?.previous?.revision.number ?? 0 })
      : t("changes.first", { number });
  return { difference, edited, between, versions, setVersions, against: chosen?.id ?? null, setAgainst, others };
}
