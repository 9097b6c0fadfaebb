import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { IconButton } from "@/ui";
import { keyOf } from "../work/chords";
import { useEditorEvents } from "../work/hooks";

export function ZoomButtons({ editor }: { editor: Editor }) {
  const { t } = useTranslation("actions");
  useEditorEvents(editor, "camera");
  const ratio = Math.round(editor.camera.zoom * 100);
  return (
    <span className="row" style={{ gap: 0 }}>
      <IconButton icon="minus" label={t("view.zoomOut")} onClick={() => editor.dispatch("view.zoomOut")} />
      <button
        type="button"
        className="nw sm m lw-zoom"
        title={t("view.actualSize")}
        onClick={() => editor.dispatch("view.actualSize")}
      >
        {ratio} %
      </button>
      <IconButton icon="plus" label={t("view.zoomIn")} onClick={() => editor.dispatch("view.zoomIn")} />
      <IconButton
        icon="fit"
        label={t("view.fit")}
        keys={keyOf(editor, "view.fit")}
        onClick={() => editor.dispatch("view.fit")}
      />
    </span>
  );
}
