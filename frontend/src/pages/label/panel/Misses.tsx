import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Icon, Swatch, useFormat } from "@/ui";
import type { Misses as Found } from "../work/useMisses";
import type { Notes } from "../work/useNotes";
import { classTitle } from "../work/words";

/** What a submit was stopped to ask about: what a model surely sees and nobody has drawn. */
export function Misses({ editor, misses, notes }: { editor: Editor; misses: Found; notes: Notes }) {
  const { t } = useTranslation("label");
  const format = useFormat();
  const { open } = misses;
  if (open.length === 0) return null;
  return (
    <section className="lw-misses" aria-label={t("misses.title")}>
      <div className="row g6">
        <Icon name="spark" size="s" className="warn" />
        <h2 className="m sm sp">{t("misses.title")}</h2>
        <span className="num t2 sm">{open.length}</span>
      </div>
      <div className="xs t2">{t("misses.lead")}</div>
      {open.map((miss) => (
        <button
          type="button"
          key={miss.id}
          className={`lw-miss sm row g6 ${notes.current?.id === miss.id ? "on" : ""}`}
          onClick={() => notes.show({ kind: "miss", id: miss.id, miss })}
        >
          <Swatch color={editor.stage.colorOf(miss.region.class)} />
          <span className="el sp">{classTitle(editor.schema, miss.region.class)}</span>
          <span className="num t2">{format.percent(miss.score)}</span>
        </button>
      ))}
    </section>
  );
}
