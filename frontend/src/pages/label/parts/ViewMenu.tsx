import { NumberInput, Popover, RangeSlider, Slider, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { channelsOf } from "@/engine/image/tone";
import type { ViewSettings } from "@/engine/public";
import type { Levels } from "@/engine/types";
import { Button, Icon, Kbd, Seg, showToast } from "@/ui";
import { keyOf } from "../work/chords";
import type { ClaimDocument } from "../work/desk";
import { useEditorEvents } from "../work/hooks";
import { samplesOf } from "../work/keptView";
import { rawSource } from "../work/pictures";

const SWITCHES = ["loupe", "crossHair", "pixelGrid", "names", "predictions"] as const;
const TURNS = ["turnLeft", "turnRight", "mirror"] as const;

/** Is the picture itself shown in another way than it was made? */
function isChanged({ brightness, contrast, gamma, channel, equalise, levels }: ViewSettings): boolean {
  return brightness !== 1 || contrast !== 1 || gamma !== 1 || channel !== "all" || equalise || levels !== null;
}

/** How the picture and what is drawn on it are shown, never what is saved. */
export function ViewMenu({ editor, doc }: { editor: Editor; doc: ClaimDocument | null }) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "view", "camera");
  const changed = isChanged(editor.view);
  return (
    <Popover position="bottom-end" width={300} trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={`btn q ${changed ? "on" : ""}`}
          aria-label={changed ? t("view.changed") : t("view.title")}
        >
          <Icon name="eye" />
          <span className="lw-lbl">{t("view.title")}</span>
          <Icon name="chevron-down" size="x" className="lw-lbl" />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="col lw-view" style={{ gap: 10 }}>
          <Sliders editor={editor} />
          {doc?.asset.urls.raw16 && <RawWindow editor={editor} doc={doc} key={doc.asset.id} />}
          <Channels editor={editor} channels={doc ? samplesOf(doc.asset) : 3} />
          <ViewSwitch editor={editor} name="equalise" />
          <hr />
          <Turns editor={editor} />
          {SWITCHES.map((name) => (
            <ViewSwitch key={name} editor={editor} name={name} />
          ))}
          {touches() && <Finger editor={editor} />}
          <Button size="s" onClick={() => editor.dispatch("view.reset")}>
            {t("view.reset")}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

const touches = () => navigator.maxTouchPoints > 0;

/** What one finger does on this device. */
function Finger({ editor }: { editor: Editor }) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "options");
  return (
    <div>
      <div className="row sm t2">{t("finger.title")}</div>
      <Seg
        label={t("finger.title")}
        value={editor.options.finger}
        options={(["auto", "draw", "pan"] as const).map((value) => ({ value, label: t(`finger.${value}`) }))}
        onChange={(finger) => editor.setOption("finger", finger)}
      />
      <div className="xs t3">{t("finger.hint")}</div>
    </div>
  );
}

function Sliders({ editor }: { editor: Editor }) {
  const { t } = useTranslation("label");
  const { view } = editor;
  const sliders = [
    ["brightness", view.brightness, 0.2, 3],
    ["contrast", view.contrast, 0.2, 3],
    ["gamma", view.gamma, 0.2, 4],
    ["fill", view.fill, 0, 2],
  ] as const;
  return sliders.map(([name, value, min, max]) => (
    <div key={name}>
      <div className="row sm t2">
        <span className="sp">{t(`view.${name}`)}</span>
        <span>{name === "gamma" ? value.toFixed(2) : `${Math.round(value * 100)} %`}</span>
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
  ));
}

/** One channel alone; pictures without colours have none to choose from. */
function Channels({ editor, channels }: { editor: Editor; channels: number }) {
  const { t } = useTranslation("label");
  const has = channelsOf(channels);
  if (has.length < 2) return null;
  return (
    <div>
      <div className="row sm t2">
        <span className="sp">{t("view.channel")}</span>
        <ActionKey editor={editor} action="view.channel" />
      </div>
      <Seg
        label={t("view.channel")}
        value={editor.view.channel}
        options={has.map((value) => ({ value, label: t(`view.channels.${value}`) }))}
        onChange={(channel) => editor.setView({ channel })}
      />
    </div>
  );
}

function Turns({ editor }: { editor: Editor }) {
  const { t } = useTranslation("actions");
  return (
    <div className="col" style={{ gap: 4 }}>
      {TURNS.map((name) => (
        <Button
          key={name}
          size="s"
          kind="quiet"
          on={name === "mirror" && editor.camera.flipped}
          onClick={() => editor.dispatch(`view.${name}`)}
        >
          <span className="sp" style={{ textAlign: "left" }}>
            {t(`view.${name}`)}
          </span>
          <ActionKey editor={editor} action={`view.${name}`} />
        </Button>
      ))}
    </div>
  );
}

function ViewSwitch({ editor, name }: { editor: Editor; name: (typeof SWITCHES)[number] | "equalise" }) {
  const { t } = useTranslation("label");
  return (
    <div className="row">
      <Switch
        className="sp"
        size="xs"
        label={t(`view.${name}`)}
        checked={editor.view[name]}
        onChange={(event) => editor.setView({ [name]: event.currentTarget.checked })}
      />
      <ActionKey editor={editor} action={`view.${name}`} />
    </div>
  );
}

function ActionKey({ editor, action }: { editor: Editor; action: string }) {
  const keys = keyOf(editor, action);
  return keys ? <Kbd>{keys}</Kbd> : null;
}

const DEEPEST = 65535;

/** Where the slider begins and ends: as far again as the window of the image to either side, so that a hand can aim,
 * and further where somebody typed a value beyond. */
function reachOf(first: Levels, now: Levels): Levels {
  const span = Math.max(first.high - first.low, 16);
  return {
    low: Math.max(0, Math.min(first.low - span, now.low)),
    high: Math.min(DEEPEST, Math.max(first.high + span, now.high)),
  };
}

function RawWindow({ editor, doc }: { editor: Editor; doc: ClaimDocument }) {
  const { t } = useTranslation("label");
  const first = doc.asset.window ?? { low: 0, high: DEEPEST };
  const [dragged, setDragged] = useState<Levels | null>(null);
  const levels = dragged ?? editor.view.levels ?? first;
  const reach = reachOf(first, editor.view.levels ?? first);
  async function change(next: Levels) {
    try {
      // Without levels of the view these are shown: as the image came.
      if (editor.stage.source?.kind !== "raw16") editor.setImage(await rawSource(doc.asset, first));
      editor.setView({ levels: next });
    } catch {
      showToast({ tone: "bad", title: t("view.rawFailed") });
    } finally {
      setDragged(null);
    }
  }
  return (
    <div>
      <div className="row g4 sm t2">
        <span className="sp">{t("view.window")}</span>
        {(["low", "high"] as const).map((end) => (
          <NumberInput
            key={end}
            size="xs"
            w={66}
            hideControls
            clampBehavior="blur"
            aria-label={t(end === "low" ? "view.windowLow" : "view.windowHigh")}
            min={end === "low" ? 0 : levels.low + 1}
            max={end === "low" ? levels.high - 1 : DEEPEST}
            value={levels[end]}
            onChange={(value) => {
              const next = { ...levels, [end]: value };
              if (typeof value === "number" && next.low < next.high) void change(next);
            }}
          />
        ))}
      </div>
      <RangeSlider
        size="xs"
        min={reach.low}
        max={reach.high}
        step={1}
        minRange={1}
        value={[levels.low, levels.high]}
        label={null}
        thumbFromLabel={t("view.windowLow")}
        thumbToLabel={t("view.windowHigh")}
        onChange={([low, high]) => setDragged({ low, high })}
        onChangeEnd={([low, high]) => void change({ low, high })}
      />
    </div>
  );
}
