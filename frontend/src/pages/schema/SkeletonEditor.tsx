import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Seg } from "@/ui";
import { JointRows } from "./JointRows";
import {
  movedTo,
  type Pairs,
  PERSON,
  type Place,
  placesOf,
  renamed,
  symmetric,
  type Template,
  toggled,
  withJoint,
  withoutJoint,
} from "./template";

const SIDE = 300; // units of the drawing; the frame lies inside with room for a joint at its edge
const ROOM = 18;
const STEPS: Record<string, Place> = {
  ArrowLeft: [-0.01, 0],
  ArrowRight: [0.01, 0],
  ArrowUp: [0, -0.01],
  ArrowDown: [0, 0.01],
};

type Mode = "place" | Pairs;

interface SkeletonEditorProps {
  template: Template | null;
  /** Joints that saved work names: they keep their names and stay. */
  permanent: readonly string[];
  color: string;
  readOnly: boolean;
  onChange: (template: Template | null) => void;
}

/** The template of a skeleton: joints are placed in a frame, joined by edges and paired left with right. */
export function SkeletonEditor({ template, permanent, color, readOnly, onChange }: SkeletonEditorProps) {
  const { t } = useTranslation("schema");
  const [mode, setMode] = useState<Mode>("place");
  const [chosen, setChosen] = useState<number | null>(null);
  const at = chosen !== null && template && chosen < template.joints.length ? chosen : null;
  function choose(joint: number) {
    if (mode === "place" || at === null || at === joint || !template) return setChosen(joint);
    onChange(toggled(template, mode, at, joint));
    setChosen(mode === "edges" ? joint : null);
  }
  function add(place: Place) {
    onChange(withJoint(template, t("skeleton.joint"), place, at ?? undefined));
    setChosen(template?.joints.length ?? 0);
  }
  return (
    <section className="attr" aria-label={t("skeleton.title")}>
      <div className="row" style={{ height: 32 }}>
        <h2>{t("skeleton.title")}</h2>
        <span className="t3 sm">{template?.joints.length ?? 0}</span>
        <span className="sp" />
        {!template && !readOnly && (
          <Button size="s" icon="skeleton" onClick={() => onChange(PERSON)}>
            {t("skeleton.person")}
          </Button>
        )}
        {template && !readOnly && (template.mirror?.length ?? 0) > 0 && (
          <Button size="s" kind="quiet" icon="exchange" onClick={() => onChange(symmetric(template))}>
            {t("skeleton.symmetric")}
          </Button>
        )}
      </div>
      <div className="skeleton-edit">
        <div>
          <Seg
            label={t("skeleton.mode")}
            value={mode}
            options={(["place", "edges", "mirror"] as const).map((value) => ({ value, label: t(`skeleton.${value}`) }))}
            onChange={(next) => {
              setMode(next);
              setChosen(null);
            }}
          />
          <JointCanvas
            template={template}
            mode={mode}
            chosen={at}
            color={color}
            readOnly={readOnly}
            onChoose={choose}
            onAdd={add}
            onMove={(joint, place) => template && onChange(movedTo(template, joint, place))}
          />
          <p className="xs t3">{t(`skeleton.help.${mode}`)}</p>
        </div>
        <JointRows
          template={template}
          permanent={permanent}
          chosen={at}
          readOnly={readOnly}
          onChoose={setChosen}
          onRename={(joint, name) => template && onChange(renamed(template, joint, name))}
          onRemove={(joint) => template && onChange(withoutJoint(template, joint))}
        />
      </div>
      {!readOnly && (
        <div className="row" style={{ marginTop: 6 }}>
          <Button icon="plus" size="s" kind="quiet" onClick={() => add([0.5, 0.5])}>
            {t("skeleton.add")}
          </Button>
        </div>
      )}
    </section>
  );
}

interface JointCanvasProps {
  template: Template | null;
  mode: Mode;
  chosen: number | null;
  color: string;
  readOnly: boolean;
  onChoose: (joint: number) => void;
  onAdd: (place: Place) => void;
  onMove: (joint: number, place: Place) => void;
}

const unit = (share = 0.5) => ROOM + share * (SIDE - 2 * ROOM);

function JointCanvas(props: JointCanvasProps) {
  const { template, mode, chosen, color, readOnly, onChoose, onAdd, onMove } = props;
  const { t } = useTranslation("schema");
  const svg = useRef<SVGSVGElement>(null);
  const [held, setHeld] = useState<number | null>(null);
  const places = template ? placesOf(template) : [];
  function placeOf(event: { clientX: number; clientY: number }): Place {
    const box = svg.current?.getBoundingClientRect() ?? new DOMRect(0, 0, SIDE, SIDE);
    const along = (from: number, size: number, value: number) =>
      (((value - from) / size) * SIDE - ROOM) / (SIDE - 2 * ROOM);
    return [along(box.left, box.width, event.clientX), along(box.top, box.height, event.clientY)];
  }
  function down(event: PointerEvent, joint: number | null) {
    if (readOnly || event.button !== 0) return;
    event.stopPropagation();
    if (joint === null) return mode === "place" ? onAdd(placeOf(event)) : undefined;
    onChoose(joint);
    if (mode !== "place") return;
    svg.current?.setPointerCapture(event.pointerId);
    setHeld(joint);
  }
  function key(event: KeyboardEvent, joint: number) {
    if (readOnly) return;
    const step = STEPS[event.key];
    if (event.key === "Enter" || event.key === " ") onChoose(joint);
    else if (step && mode === "place") {
      const far = event.shiftKey ? 10 : 1;
      const [x, y] = places[joint] as Place;
      onMove(joint, [x + step[0] * far, y + step[1] * far]);
    } else return;
    event.preventDefault();
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing cannot be a fieldset
    <svg
      ref={svg}
      className={`joints ${mode}`}
      viewBox={`0 0 ${SIDE} ${SIDE}`}
      role="group"
      aria-label={t("skeleton.canvas")}
      onPointerDown={(event) => down(event, null)}
      onPointerMove={(event) => held !== null && onMove(held, placeOf(event))}
      onPointerUp={() => setHeld(null)}
      onPointerCancel={() => setHeld(null)}
    >
      <rect className="frame" x={ROOM} y={ROOM} width={SIDE - 2 * ROOM} height={SIDE - 2 * ROOM} />
      <Lines pairs={template?.edges ?? []} places={places} color={color} kind="edge" />
      {mode === "mirror" && <Lines pairs={template?.mirror ?? []} places={places} color={color} kind="pair" />}
      {template?.joints.map((name, joint) => (
        // biome-ignore lint/a11y/useSemanticElements: a button cannot stand inside a drawing
        <g
          key={`${joint}:${name}`}
          role="button"
          aria-label={t("skeleton.jointNamed", { number: joint + 1, name })}
          aria-pressed={joint === chosen}
          tabIndex={readOnly ? -1 : 0}
          transform={`translate(${unit(places[joint]?.[0] ?? 0.5)} ${unit(places[joint]?.[1] ?? 0.5)})`}
          className={joint === chosen ? "on" : ""}
          onPointerDown={(event) => down(event, joint)}
          onKeyDown={(event) => key(event, joint)}
        >
          <circle className="reach" r={13} />
          <circle className="dot" r={8} fill={color} />
          <text dy="3.2">{joint + 1}</text>
        </g>
      ))}
    </svg>
  );
}

interface LinesProps {
  pairs: readonly (readonly number[])[];
  places: readonly Place[];
  color: string;
  kind: "edge" | "pair";
}

function Lines({ pairs, places, color, kind }: LinesProps) {
  return pairs.map(([a = 0, b = 0]) => {
    const [from, to] = [places[a] ?? [0.5, 0.5], places[b] ?? [0.5, 0.5]];
    const ends = { x1: unit(from[0]), y1: unit(from[1]), x2: unit(to[0]), y2: unit(to[1]) };
    return (
      <g key={`${kind}:${a}-${b}`} className={kind}>
        <line {...ends} className="under" />
        <line {...ends} stroke={kind === "edge" ? color : undefined} />
      </g>
    );
  });
}
