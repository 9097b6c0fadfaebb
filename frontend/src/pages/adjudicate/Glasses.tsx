import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Kbd } from "@/ui";
import { keyOf } from "../label/work/chords";
import { colorOfPerson, DASHES } from "./people";
import { useSaid } from "./said";
import type { Settling } from "./useSettling";

/** Over the image: whose line is whose, and the answers one after the other. */
export function Glasses({ editor, settling }: { editor: Editor; settling: Settling }) {
  const { t } = useTranslation("adjudicate");
  const said = useSaid(editor, settling.answers);
  const { answers, agreed, only } = settling;
  if (!answers) return null;
  return (
    <>
      <div className="glass lw-legend">
        {answers.answers.map(({ letter }, place) => (
          <span
            className="row g4"
            key={letter}
            style={only !== null && only !== letter ? { opacity: 0.45 } : undefined}
          >
            <svg width="18" height="6" aria-hidden="true">
              <path
                d="M0 3h18"
                stroke={colorOfPerson(answers, letter)}
                strokeWidth={2}
                strokeDasharray={DASHES[place % DASHES.length]}
              />
            </svg>
            {said.person(letter)}
          </span>
        ))}
        {agreed.length > 0 && <em>{t("agreed.legend", { count: agreed.length })}</em>}
      </div>
      <button type="button" className="glass lw-blink" aria-pressed={only !== null} onClick={settling.blink}>
        <Kbd>{keyOf(editor, "adjudicate.blink") ?? "O"}</Kbd>
        <span>{only === null ? t("blink") : t("blinking", { person: said.person(only) })}</span>
      </button>
    </>
  );
}
