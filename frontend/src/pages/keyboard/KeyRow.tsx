import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { chordOf } from "@/engine";
import { Button, IconButton, Kbd } from "@/ui";
import { spelled } from "../label/work/chords";
import { type Entry, isReserved } from "./catalogue";
import type { Draft } from "./useDraft";

const MOST_KEYS = 8; // an action

/** One action: its keys, each to be taken away, a button that records the next press, and the way back. */
export function KeyRow({ entry, draft }: { entry: Entry; draft: Draft }) {
  const { t } = useTranslation(["keyboard", "actions"]);
  const name = t(`actions:${entry.label}`);
  const keys = draft.keysOf(entry);
  const contested = new Map(
    draft.clashes.filter(({ actions }) => actions.includes(entry.id)).map(({ chord, actions }) => [chord, actions]),
  );
  return (
    <li className={contested.size > 0 ? "contested" : ""}>
      <span className="name">{name}</span>
      <span className="row g4 keys">
        {keys.map((chord) => (
          <span key={chord} className={`key ${contested.has(chord) ? "bad" : ""}`}>
            <Kbd>{spelled(chord)}</Kbd>
            <IconButton
              icon="close"
              size="s"
              label={t("keyboard:remove", { key: spelled(chord), name })}
              onClick={() =>
                draft.setKeys(
                  entry,
                  keys.filter((one) => one !== chord),
                )
              }
            />
          </span>
        ))}
        {keys.length === 0 && <span className="t3 sm">{t("keyboard:none")}</span>}
        {keys.length < MOST_KEYS && (
          <Recorder name={name} onChord={(chord) => draft.setKeys(entry, [...new Set([...keys, chord])])} />
        )}
      </span>
      <span className="reset">
        {draft.isOwn(entry) && (
          <Button
            size="s"
            kind="quiet"
            onClick={() => draft.reset(entry)}
            aria-label={t("keyboard:resetOne", { name })}
          >
            {t("keyboard:reset")}
          </Button>
        )}
      </span>
    </li>
  );
}

/** A button that takes the next key press as a chord. Escape and Tab leave it. */
function Recorder({ name, onChord }: { name: string; onChord: (chord: string) => void }) {
  const { t } = useTranslation("keyboard");
  const [recording, setRecording] = useState(false);
  const [refused, setRefused] = useState("");
  function onKeyDown(event: KeyboardEvent) {
    if (!recording || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (["Control", "Shift", "Alt", "Meta", "AltGraph"].includes(event.key)) return;
    if (event.key === "Escape") return stop();
    const chord = chordOf(event.nativeEvent);
    if (isReserved(chord)) return setRefused(chord);
    onChord(chord);
    stop();
  }
  function stop() {
    setRecording(false);
    setRefused("");
  }
  return (
    <>
      <Button
        size="s"
        kind={recording ? "primary" : "quiet"}
        icon={recording ? undefined : "plus"}
        aria-label={recording ? t("press") : t("add", { name })}
        aria-pressed={recording}
        onClick={() => setRecording(!recording)}
        onKeyDown={onKeyDown}
        onBlur={stop}
      >
        {recording ? t("press") : t("record")}
      </Button>
      <span role="status" className="sm bad">
        {refused && t("reserved", { key: spelled(refused) })}
      </span>
    </>
  );
}
