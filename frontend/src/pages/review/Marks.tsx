import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import { IconButton, Kbd } from "@/ui";
import { Anchored, aboutOf } from "../label/parts/NotePopover";

export type MarkIn = Schemas["MarkIn"];
type Kind = MarkIn["kind"];

export const MARK_KINDS: Kind[] = ["missed", "extra", "wrong_class", "loose", "cut_off", "attribute", "other"];

export interface MarkPlace {
  element: string | null;
  point: { x: number; y: number } | null;
}

interface MarkMenuProps {
  editor: Editor;
  place: MarkPlace;
  onChoose: (kind: Kind | null) => void;
}

/** What is wrong here? One digit says it. */
export function MarkMenu({ editor, place, onChoose }: MarkMenuProps) {
  const { t } = useTranslation(["review", "label"]);
  const at = place.element ? { element: place.element } : place.point;
  const about = aboutOf(editor, place.element);
  return (
    <Anchored editor={editor} at={at} label={t("review:marks.ask")}>
      <div className="row g6 xs t3">
        <span className="b t2">{about ? t("review:marks.askOn", { name: about }) : t("review:marks.ask")}</span>
        <span className="sp" />
        <IconButton icon="close" size="s" label={t("label:close")} onClick={() => onChoose(null)} />
      </div>
      <div className="col" role="menu" aria-label={t("review:marks.ask")}>
        {kindsFor(place).map((kind, index) => (
          <button
            type="button"
            role="menuitem"
            key={kind}
            className="li lw-kind"
            ref={(button) => {
              if (index === 0) button?.focus();
            }}
            onKeyDown={(event) => {
              const chosen = kindsFor(place)[Number(event.key) - 1];
              const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
              if (chosen) onChoose(chosen);
              else if (event.key === "Escape") onChoose(null);
              else if (step) (event.currentTarget[step as "nextElementSibling"] as HTMLElement | null)?.focus();
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
            onClick={() => onChoose(kind)}
          >
            <Kbd>{String(index + 1)}</Kbd>
            {t(`label:mark.${kind}`)}
          </button>
        ))}
      </div>
    </Anchored>
  );
}

/** At a free point only something missed, or anything else, can be marked. */
function kindsFor(place: MarkPlace): Kind[] {
  return place.element ? MARK_KINDS.filter((kind) => kind !== "missed") : ["missed", "other"];
}

interface MarkListProps {
  editor: Editor;
  marks: readonly MarkIn[];
  onRemove: (index: number) => void;
}

export function MarkList({ editor, marks, onRemove }: MarkListProps) {
  const { t } = useTranslation(["review", "label"]);
  if (marks.length === 0) return null;
  return (
    <section className="lw-part">
      <div className="sec line">
        <h2>{t("review:marks.title")}</h2>
        <span className="c">{marks.length}</span>
      </div>
      {marks.map((mark, index) => {
        const about = aboutOf(editor, mark.element ?? null);
        return (
          <div className="li lw-change" key={index}>
            <button
              type="button"
              className="row g6"
              style={{ minWidth: 0 }}
              onClick={() =>
                mark.element ? editor.select([mark.element], { reveal: true }) : mark.point && editor.reveal(mark.point)
              }
            >
              <span className="m el">{t(`label:mark.${mark.kind}`)}</span>
              <span className="t3 xs el">
                {about ?? (mark.point ? `x ${Math.round(mark.point.x)}, y ${Math.round(mark.point.y)}` : "")}
              </span>
            </button>
            <span className="sp" />
            <IconButton icon="close" size="s" label={t("review:marks.remove")} onClick={() => onRemove(index)} />
          </div>
        );
      })}
    </section>
  );
}
