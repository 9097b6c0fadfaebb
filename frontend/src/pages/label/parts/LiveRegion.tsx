import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { REACH } from "@/engine/editor_parts/view";
import type { ImagePoint } from "@/engine/geometry/points";
import { ops } from "@/engine/shapes";
import type { Diff } from "@/engine/types";
import type { TaskSession } from "@/session";
import { useEditorEvent, useSessionEvent } from "../work/hooks";
import { classTitle, nameOf, useRegionWords } from "../work/words";

const TOGETHER = 50; // milliseconds in which what is said belongs to one press
const AT_REST = 350; // milliseconds without a key before the place of a moving cursor is said

/** What is said at once is one sentence, and the same sentence twice is heard twice. */
function useVoice(): [string, (words: string) => void] {
  const [said, setSaid] = useState("");
  const waiting = useRef<string[]>([]);
  function say(words: string) {
    waiting.current.push(words);
    if (waiting.current.length > 1) return;
    setTimeout(() => {
      const all = waiting.current.join(". ");
      waiting.current = [];
      setSaid((before) => (before === all ? `${all}\u00a0` : all));
    }, TOGETHER);
  }
  return [said, say];
}

/** What was made and deleted, by the hand or by undo. */
function useChangeWords(editor: Editor, say: (words: string) => void): { fresh: (id: string) => boolean } {
  const { t } = useTranslation("label");
  const describe = useRegionWords(editor);
  const made = useRef(new Set<string>());
  useEditorEvent(editor, "change", ({ origin, changes }: Diff) => {
    if (origin === "remote") return;
    const regions = changes.flatMap((change) => (change.kind === "region" ? [change] : []));
    const added = regions.flatMap(({ before, after }) => (after && !before ? [after] : []));
    const gone = regions.flatMap(({ before, after }) => (before && !after ? [before] : []));
    made.current = new Set(added.map(({ id }) => id));
    const [one] = added;
    if (one && added.length === 1) say(t("say.created", { name: nameOf(editor, one), what: describe(one) }));
    else if (one) say(t("say.createdMany", { count: added.length }));
    const [lost] = gone;
    if (lost && gone.length === 1) say(t("say.deleted", { name: nameOf(editor, lost) }));
    else if (lost) say(t("say.deletedMany", { count: gone.length }));
  });
  return {
    // The selection of what was just drawn says nothing new.
    fresh: (id) => made.current.delete(id),
  };
}

/** Where a region has come to, once the arrows rest. */
function useMoveWords(editor: Editor, say: (words: string) => void): void {
  const { t } = useTranslation("label");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEditorEvent(editor, "change", ({ origin, label, changes }: Diff) => {
    clearTimeout(timer.current);
    const [first] = changes;
    const region = first?.kind === "region" && origin === "user" && label === "nudge" ? first.after : null;
    if (!region) return;
    const [x, y] = ops.bounds(region);
    const words = t("say.moved", { name: nameOf(editor, region), x: Math.round(x), y: Math.round(y) });
    timer.current = setTimeout(() => say(words), AT_REST);
  });
}

/** Where the keyboard cursor stands and what lies under it, once it rests; what its presses set. */
function useCursorWords(editor: Editor, say: (words: string) => void): void {
  const { t } = useTranslation("label");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  function tell(at: ImagePoint) {
    const reach = REACH / editor.camera.zoom;
    const id = editor.stage.picker.under(at.x, at.y, reach)[0];
    const region = id === undefined ? undefined : editor.region(id);
    const place = { x: Math.round(at.x), y: Math.round(at.y) };
    say(region ? t("say.cursorOver", { ...place, name: nameOf(editor, region) }) : t("say.cursor", place));
  }
  useEditorEvent(editor, "cursor", (at) => {
    clearTimeout(timer.current);
    if (at) timer.current = setTimeout(() => tell(at), AT_REST);
    else say(t("say.cursorOff"));
  });
  // What a press did is heard to its end: where it was done is known.
  useEditorEvent(editor, "change", () => clearTimeout(timer.current));
  useEditorEvent(editor, "selection", () => clearTimeout(timer.current));
  const set = useRef(0);
  useEditorEvent(editor, "drawing", (drawing) => {
    const count = drawing?.vertices ?? 0;
    if (editor.cursor.on && count > 0 && count !== set.current) {
      clearTimeout(timer.current);
      say(t("say.points", { count }));
    }
    set.current = count;
  });
}

/** What the canvas says to a screen reader, politely; refused saves at once. */
export function LiveRegion({ editor, session }: { editor: Editor; session: TaskSession | null }) {
  const { t } = useTranslation(["label", "canvas"]);
  const [said, say] = useVoice();
  const [urgent, cry] = useState("");
  const describe = useRegionWords(editor);
  const { fresh } = useChangeWords(editor, say);
  useMoveWords(editor, say);
  useCursorWords(editor, say);
  useEditorEvent(editor, "selection", (ids) => {
    const region = ids.length === 1 ? editor.region(ids[0] as string) : undefined;
    if (region && !fresh(region.id))
      say(t("label:say.selected", { name: nameOf(editor, region), what: describe(region) }));
    else if (ids.length > 1) say(t("label:regions.selected", { count: ids.length }));
  });
  useEditorEvent(editor, "class", (id) => say(t("label:say.class", { name: classTitle(editor.schema, id) })));
  useEditorEvent(editor, "say", ({ key, values }) => say(t(`canvas:${key}`, values)));
  useSessionEvent(session, "save", (state) => {
    if (state.kind === "offline") say(t("label:say.offline", { count: state.waiting }));
  });
  useSessionEvent(session, "findings", ({ findings }) => {
    if (findings.length > 0) say(t("label:findings.open", { count: findings.length }));
  });
  useSessionEvent(session, "refused", (refused) => {
    if (refused[0]) cry(t("label:say.refused", { detail: refused[0].detail }));
  });
  return (
    <>
      <output className="vh" aria-live="polite">
        {said}
      </output>
      <div className="vh" role="alert">
        {urgent}
      </div>
    </>
  );
}
