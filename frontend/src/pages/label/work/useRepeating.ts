import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { ElementId, Geometry } from "@/engine/types";
import { showToast } from "@/ui";
import type { Desk, Work } from "./desk";
import { useEditorEvents } from "./hooks";
import type { Note } from "./notes";
import { lastRegions, repeatInPlace, repeatRegions } from "./repeating";

export interface Repeating {
  /** There is something to repeat. */
  possible(): boolean;
  repeat(): void;
  inPlace(): void;
  /** Regions that may have gone astray, until somebody moves them or says that they lie right. */
  notes: readonly Note[];
  liesRight(element: ElementId): void;
}

interface Astray {
  readonly work: Work;
  readonly placed: ReadonlyMap<ElementId, Geometry>;
}

/** Shift R: the last image's regions, moved along with what they lie on. */
export function useRepeating(editor: Editor, desk: Desk, work: Work | null): Repeating {
  const { t } = useTranslation("label");
  const [state, setState] = useState<Astray | null>(null);
  const [busy, setBusy] = useState(false);
  const version = useEditorEvents(editor, "change");
  const astray = state?.work === work ? state : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor's regions are others after each change
  const notes = useMemo(
    () =>
      [...(astray?.placed ?? [])].flatMap(([element, geometry]): Note[] =>
        editor.region(element)?.geometry === geometry ? [{ kind: "astray", id: `astray:${element}`, element }] : [],
      ),
    [astray, editor, version],
  );
  const last = () => lastRegions(work?.doc.task.id);

  async function repeat() {
    const from = last();
    if (!work || !from || busy) return;
    setBusy(true);
    const done = await repeatRegions(editor, from, work.doc, () => desk.work === work).finally(() => setBusy(false));
    if (!done) return;
    const placed = new Map(
      done.unsure.flatMap((id) => {
        const region = editor.region(id);
        return region ? [[id, region.geometry as Geometry] as const] : [];
      }),
    );
    setState({ work, placed });
    if (placed.size > 0) editor.select([...placed.keys()], { reveal: placed.size === 1 });
    const count = done.added.length;
    if (!done.followed) return void showToast({ tone: "warn", title: t("repeat.inPlace", { count }) });
    const detail = placed.size > 0 ? t("repeat.unsure", { count: placed.size }) : undefined;
    showToast({ tone: placed.size > 0 ? "warn" : "ok", title: t("repeat.followed", { count }), detail });
  }

  return {
    possible: () => last() !== undefined,
    repeat: () => void repeat(),
    inPlace: () => {
      const from = last();
      if (work && from) repeatInPlace(editor, from, work.doc);
    },
    notes,
    liesRight: (element) => {
      if (!astray) return;
      const placed = new Map(astray.placed);
      placed.delete(element);
      setState({ ...astray, placed });
    },
  };
}
