import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import type { Region } from "@/engine/types";
import { Button, Kbd, useFormat } from "@/ui";
import { Crop } from "../label/panel/Crop";
import { keyOf } from "../label/work/chords";
import type { Option } from "./conflicts";
import { colorOfPerson, SUGGESTED } from "./people";
import { useSaid } from "./said";
import type { Settling } from "./useSettling";

interface CardsProps {
  editor: Editor;
  settling: Settling;
  bitmap: ImageBitmap | null;
  busy: boolean;
  onEdit: () => void;
}

/** The ways to settle the conflict at hand, a key each. */
export function Cards({ editor, settling, bitmap, busy, onEdit }: CardsProps) {
  const { t } = useTranslation("adjudicate");
  const said = useSaid(editor, settling.answers);
  const { current, conflicts, at } = settling;
  if (!settling.answers) return <div className="ch" />;
  if (!current)
    return (
      <div className="ch">
        <p className="sm t2">{t("noConflict")}</p>
      </div>
    );
  const chosen = settling.choices.get(current.id);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form
    <div className="ch" role="group" aria-label={t("conflictOf", { number: at + 1, count: conflicts.length })}>
      <div className="row g6" style={{ height: 26 }}>
        <span className="m nw">{t("conflictOf", { number: at + 1, count: conflicts.length })}</span>
        <span className="t2 el">{said.about(current)}</span>
        <span className="sp" />
        <button type="button" className="xs t3 row g4 nw" onClick={() => settling.next()}>
          <Kbd>{keyOf(editor, "adjudicate.next") ?? "."}</Kbd> {t("next")}
        </button>
      </div>
      <div className="ans">
        {current.options.map((option, place) => (
          <Card
            key={option.letter ?? "suggested"}
            editor={editor}
            option={option}
            place={place}
            settling={settling}
            bitmap={bitmap}
            busy={busy}
            on={settling.settled(current) && chosen?.letter === (option.letter ?? "")}
          />
        ))}
        <div className="oth">
          <Button
            size="s"
            kind="quiet"
            keys={keyOf(editor, "adjudicate.none")}
            on={settling.settled(current) && chosen?.letter === null}
            disabled={busy}
            onClick={settling.none}
          >
            {t("none")}
          </Button>
          {current.kind === "region" && (
            <Button size="s" kind="quiet" keys={keyOf(editor, "adjudicate.edit")} disabled={busy} onClick={onEdit}>
              {t("edit")}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}

interface CardProps {
  editor: Editor;
  option: Option;
  place: number;
  settling: Settling;
  bitmap: ImageBitmap | null;
  busy: boolean;
  on: boolean;
}

function Card({ editor, option, place, settling, bitmap, busy, on }: CardProps) {
  const { t } = useTranslation("adjudicate");
  const format = useFormat();
  const said = useSaid(editor, settling.answers);
  const alone = settling.current?.options.length === 1; // nothing to be like
  const color = option.letter === null ? SUGGESTED : colorOfPerson(settling.answers, option.letter);
  return (
    <button
      type="button"
      className={`an ${on ? "on" : ""}`}
      aria-pressed={on}
      disabled={busy}
      onClick={() => settling.take(option)}
    >
      {option.region && (
        <span className="anb" style={{ borderColor: color }}>
          <Crop region={option.region} bitmap={bitmap} image={editor.image} color={color} width={66} height={72} />
        </span>
      )}
      <span className="ant">
        <span className="row g6">
          <Kbd>{String(place + 1)}</Kbd>
          <span className="m el">{option.letter === null ? t("suggestion") : said.person(option.letter)}</span>
        </span>
        <span className="t2 el">
          {option.region
            ? `${said.className(option.region.class)}, ${sizeOf(option.region, format.number)}`
            : said.value(option.value)}
        </span>
        {option.region && (
          <span className="xs t3 el">
            {option.letter === null
              ? t("suggested")
              : alone
                ? ""
                : t("likeness", { value: format.number(option.likeness ?? 0, 2) })}
          </span>
        )}
      </span>
    </button>
  );
}

function sizeOf(region: Region, number: (value: number) => string): string {
  if (region.shape === "tag") return "–";
  const [x0, y0, x1, y1] = ops.bounds(region);
  return `${number(Math.round(x1 - x0))} × ${number(Math.round(y1 - y0))}`;
}
