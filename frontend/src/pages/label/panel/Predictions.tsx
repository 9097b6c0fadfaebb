import { Slider } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Icon, IconButton, Kbd, useFormat } from "@/ui";
import { keyOf } from "../work/chords";
import { useEditorEvents } from "../work/hooks";

/** What models say of the image: how sure they have to be to be shown, and all at once. Nothing where they say nothing. */
export function Predictions({ editor }: { editor: Editor }) {
  const { t } = useTranslation("label");
  const format = useFormat();
  useEditorEvents(editor, "change", "view");
  const { predictions, view } = editor.stage;
  if (predictions.length === 0) return null;
  const offers = editor.offers();
  const scored = predictions.some(({ score }) => score !== null);
  const key = keyOf(editor, "region.usePredictions");
  return (
    <section aria-label={t("predictions.title")} className="lw-predictions">
      <div className="sec line">
        <Icon name="spark" size="s" />
        <h2>{t("predictions.title")}</h2>
        <span className="c">{`${offers.length} / ${predictions.length}`}</span>
        <span className="sp" />
        <IconButton
          size="s"
          icon={view.predictions ? "eye" : "eye-off"}
          label={t("view.predictions")}
          keys={keyOf(editor, "view.predictions")}
          onClick={() => editor.dispatch("view.predictions")}
        />
      </div>
      {scored && (
        <div className="row g8 sm t2">
          <span>{t("predictions.confidence")}</span>
          <Slider
            size="xs"
            min={0}
            max={1}
            step={0.01}
            label={null}
            thumbLabel={t("predictions.confidence")}
            value={view.leastScore}
            onChange={(leastScore) => editor.setView({ leastScore })}
            style={{ flex: 1 }}
          />
          <span className="num">{format.number(view.leastScore, 2)}</span>
        </div>
      )}
      {offers.length === 0 ? (
        view.predictions && <div className="xs t3">{t("predictions.none")}</div>
      ) : (
        <button
          type="button"
          className="btn s"
          disabled={editor.readOnly}
          onClick={() => editor.dispatch("region.usePredictions")}
        >
          {t("predictions.useAll", { count: offers.length })}
          {key && <Kbd>{key}</Kbd>}
        </button>
      )}
    </section>
  );
}
