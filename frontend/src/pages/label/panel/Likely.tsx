import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import { Swatch } from "@/ui";
import type { ClaimDocument } from "../work/desk";
import { useEditorEvents } from "../work/hooks";
import { classOf, classTitle } from "../work/words";

const SETTLED = 350; // ms that a region stays as it is before it is asked about
const SHOWN = 3;
const LEAST_SHARE = 0.1;

type Found = Schemas["ClassSuggestionsOut"];

/** What the selected region may be, by accepted regions of the project that look like it. Nothing while few are known. */
export function Likely({ editor, doc }: { editor: Editor; doc: ClaimDocument }) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "selection", "change");
  const [id, ...more] = editor.selection;
  const region = id === undefined || more.length > 0 ? undefined : editor.region(id);
  const wanted = region && region.shape !== "tag" && !editor.readOnly && !editor.busy;
  const bounds = wanted
    ? ops
        .bounds(region)
        .map((one) => Math.round(one))
        .join()
    : "";
  const found = useSuggestions(doc.task.id, bounds);
  const offered = (found?.classes ?? []).filter(({ share }) => share >= LEAST_SHARE).slice(0, SHOWN);
  const all = (found?.classes ?? []).reduce((sum, { neighbours }) => sum + neighbours, 0);
  if (!region || offered.length === 0) return null;
  return (
    <section className="lw-likely" aria-label={t("likely.title")} title={t("likely.how", { count: found?.known ?? 0 })}>
      <span className="xs t3">{t("likely.title")}</span>
      {offered.map(({ class_id, neighbours }) => (
        <button
          key={class_id}
          type="button"
          className="btn s"
          aria-pressed={region.class === class_id}
          onClick={() => {
            editor.setClass(class_id, { apply: true });
            editor.focus();
          }}
        >
          <Swatch color={classOf(editor.schema, class_id)?.color ?? "#c4c4c4"} />
          <span className="el">{classTitle(editor.schema, class_id)}</span>
          <span className="t3 num">{t("likely.of", { n: neighbours, of: all })}</span>
        </button>
      ))}
    </section>
  );
}

/** The server's answer about these bounds; a task in which it knew nothing is not asked about again. */
function useSuggestions(task: number, bounds: string): Found | null {
  const [answer, setAnswer] = useState<{ at: string; found: Found } | null>(null);
  const [silent, setSilent] = useState<number | null>(null);
  const at = `${task}:${bounds}`;
  const skip = bounds === "" || silent === task || answer?.at === at;
  useEffect(() => {
    if (skip) return;
    let over = false;
    const timer = setTimeout(() => {
      const body = { bounds: bounds.split(",").map(Number) };
      api
        .post<Found>(`/tasks/${task}/class-suggestions`, body, { background: true })
        .then((found) => {
          if (over) return;
          setAnswer({ at, found });
          if (found.classes.length === 0) setSilent(task);
        })
        .catch(() => {}); // without it everything else goes on
    }, SETTLED);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [skip, at, task, bounds]);
  return answer?.at === at ? answer.found : null;
}
