import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import { Icon, type IconName, Kbd, Swatch } from "@/ui";
import { useEditorEvents } from "../label/work/hooks";
import { classOf, classTitle } from "../label/work/words";
import type { Difference, RegionChange } from "./diff";

const LOOKS: Record<RegionChange["kind"], [IconName, string]> = {
  added: ["plus", "var(--lw-ok)"],
  changed: ["edit", "var(--lw-warn)"],
  removed: ["minus", "var(--lw-bad)"],
};

interface ChangesProps {
  editor: Editor;
  difference: Difference;
  /** "revision 3 vs 2", "your fixes". */
  between: string;
  onShow: (change: RegionChange) => void;
}

export function useChangeWords() {
  const { t } = useTranslation(["review", "label"]);
  return (change: RegionChange): string => {
    const region = change.after ?? change.before;
    if (!region) return "";
    const shape = t(`label:shape.${region.shape}`);
    if (change.kind === "removed") return t("review:changes.was", { shape });
    if (change.kind === "added") {
      const count = ops.vertexCount(region);
      return count > 0 ? t("review:changes.newPoints", { shape, count }) : t("review:changes.new", { shape });
    }
    const words = change.what.map((what) => t(`review:changes.what.${what}`));
    if (change.iou !== null) words.push(`IoU ${change.iou.toFixed(2)}`);
    return words.join(", ");
  };
}

/** The difference to what was judged or drawn before, row by row. */
export function Changes({ editor, difference, between, onShow }: ChangesProps) {
  const { t } = useTranslation("review");
  const words = useChangeWords();
  useEditorEvents(editor, "selection");
  const { changes } = difference;
  return (
    <section className="lw-part">
      <div className="sec" style={{ height: 36 }}>
        <h2>{t("changes.title")}</h2>
        <span className="c el">{between}</span>
        <span className="sp" />
        <span className="xs t3 row g4" style={{ paddingRight: 6 }}>
          <Kbd>Tab</Kbd> {t("changes.next")}
        </span>
      </div>
      {changes.length === 0 && <div className="sm t3 lw-none">{t("changes.none")}</div>}
      {changes.map((change) => {
        const region = change.after ?? change.before;
        const [icon, color] = LOOKS[change.kind];
        const selected = editor.selection.includes(change.id);
        return (
          <button
            type="button"
            key={change.id}
            className={`li lw-change ${selected ? "on" : ""}`}
            onClick={() => onShow(change)}
          >
            <span className="row" style={{ color }} title={t(`changes.${change.kind}`)}>
              <Icon name={icon} size="s" />
            </span>
            <Swatch color={classOf(editor.schema, region?.class ?? null)?.color ?? "#c4c4c4"} />
            <span className="m el">{classTitle(editor.schema, region?.class ?? null)}</span>
            <span className="t3">{editor.numberOf(change.id) || ""}</span>
            <span className="sp" />
            <span className="xs t2 el">{words(change)}</span>
          </button>
        );
      })}
    </section>
  );
}
