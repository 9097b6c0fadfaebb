import { Popover, RangeSlider, Slider, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { Levels } from "@/engine/types";
import { Button, Icon, showToast } from "@/ui";
import type { ClaimDocument } from "../work/desk";
import { useEditorEvents } from "../work/hooks";
import { rawSource } from "../work/pictures";

/** Brightness, contrast, names, and the window of 16-bit images: how it is shown, never what is saved. */
export function ViewMenu({ editor, doc }: { editor: Editor; doc: ClaimDocument | null }) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "view");
  const { view } = editor;
  const sliders = [
    ["brightness", view.brightness, 0.2, 3],
    ["contrast", view.contrast, 0.2, 3],
    ["fill", view.fill, 0, 2],
  ] as const;
  return (
    <Popover position="bottom-end" width={260} trapFocus>
      <Popover.Target>
        <button type="button" className="btn q" aria-label={t("view.title")}>
          <Icon name="eye" />
          <span className="lw-lbl">{t("view.title")}</span>
          <Icon name="chevron-down" size="x" className="lw-lbl" />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="col" style={{ gap: 10 }}>
          {sliders.map(([name, value, min, max]) => (
            <div key={name}>
              <div className="row sm t2">
                <span className="sp">{t(`view.${name}`)}</span>
                <span>{Math.round(value * 100)} %</span>
              </div>
              <Slider
                size="xs"
                min={min}
                max={max}
                step={0.05}
                value={value}
                label={null}
                thumbLabel={t(`view.${name}`)}
                onChange={(next) => editor.setView({ [name]: next })}
              />
            </div>
          ))}
          {doc?.asset.urls.raw16 && <RawWindow editor={editor} doc={doc} key={doc.asset.id} />}
          {(["names", "crossHair", "predictions"] as const).map((name) => (
            <Switch
              key={name}
              size="xs"
              label={t(`view.${name}`)}
              checked={view[name]}
              onChange={(event) => editor.setView({ [name]: event.currentTarget.checked })}
            />
          ))}
          <Button size="s" onClick={() => editor.dispatch("view.reset")}>
            {t("view.reset")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function RawWindow({ editor, doc }: { editor: Editor; doc: ClaimDocument }) {
  const { t } = useTranslation("label");
  const first = doc.asset.window ?? { low: 0, high: 65535 };
  const [levels, setLevels] = useState<Levels>(first);
  const [raw, setRaw] = useState(false);
  async function change(next: Levels) {
    setLevels(next);
    try {
      if (!raw) {
        setRaw(true);
        editor.setImage(await rawSource(doc.asset, next));
      }
      editor.setView({ levels: next });
    } catch {
      setRaw(false);
      showToast({ tone: "bad", title: t("view.rawFailed") });
    }
  }
  return (
    <div>
      <div className="row sm t2">
        <span className="sp">{t("view.window")}</span>
        <span>
          {levels.low} – {levels.high}
        </span>
      </div>
      <RangeSlider
        size="xs"
        min={0}
        max={65535}
        step={16}
        minRange={16}
        value={[levels.low, levels.high]}
        label={null}
        thumbFromLabel={t("view.windowLow")}
        thumbToLabel={t("view.windowHigh")}
        onChange={([low, high]) => setLevels({ low, high })}
        onChangeEnd={([low, high]) => void change({ low, high })}
      />
    </div>
  );
}
