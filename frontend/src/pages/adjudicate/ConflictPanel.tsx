import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Button, ProgressBar, Swatch, useFormat } from "@/ui";
import { keyOf } from "../label/work/chords";
import type { Answers, Conflict } from "./conflicts";
import { colorOfPerson } from "./people";
import { useSaid } from "./said";
import type { Settling } from "./useSettling";

export interface Ending {
  busy: boolean;
  finish: () => void;
  skip: () => void;
}

interface PanelProps {
  editor: Editor;
  settling: Settling;
  /** Null where the answers are only looked at. */
  ending: Ending | null;
}

/** What is not agreed, what is, and how alike the answers are. */
export function ConflictPanel({ editor, settling, ending }: PanelProps) {
  const { answers } = settling;
  if (!answers) return null;
  return (
    <>
      <div className="lw-side-scroll">
        <Conflicts editor={editor} settling={settling} readOnly={ending === null} />
        <Agreed editor={editor} settling={settling} readOnly={ending === null} />
        <ItemAnswers editor={editor} answers={answers} />
        <Pairs editor={editor} answers={answers} />
      </div>
      {ending && <Foot editor={editor} settling={settling} ending={ending} />}
    </>
  );
}

function Conflicts({ editor, settling, readOnly }: { editor: Editor; settling: Settling; readOnly: boolean }) {
  const { t } = useTranslation("adjudicate");
  const said = useSaid(editor, settling.answers);
  const { conflicts, answers } = settling;
  return (
    <>
      <div className="sec" style={{ height: 36 }}>
        <h2>{t("conflicts")}</h2>
        <span className="c">{conflicts.length}</span>
        <span className="sp" />
        {conflicts.length > 1 && <span className="xs t3">{t("widestFirst")}</span>}
      </div>
      {conflicts.length === 0 && <p className="sm t2 gut">{t("noConflict")}</p>}
      {conflicts.map((conflict, place) => (
        <button
          type="button"
          key={conflict.id}
          className={`li cfr ${place === settling.at ? "on" : ""}`}
          aria-current={place === settling.at}
          onClick={() => settling.show(place)}
        >
          <span className={`cn2 ${place === settling.at ? "on" : ""}`}>
            {!readOnly && settling.settled(conflict) ? "✓" : place + 1}
          </span>
          {conflict.classId !== null && <Swatch color={colorOf(editor, conflict)} />}
          <span className="lw-cf">
            <span className="m el">{said.name(conflict)}</span>
            <span className="xs t3 el">{said.why(conflict)}</span>
          </span>
          <Dots answers={answers} letters={conflict.drawnBy} />
        </button>
      ))}
    </>
  );
}

function colorOf(editor: Editor, conflict: Conflict): string {
  return editor.schema.classes.find(({ id }) => id === conflict.classId)?.color ?? "#9a9a9a";
}

/** Who has it: a dot in their hue, a ring for who has not. */
function Dots({ answers, letters }: { answers: Answers | null; letters: readonly string[] }) {
  const { t } = useTranslation("adjudicate");
  return (
    <span className="vt" role="img" aria-label={t("drawnBy", { letters: letters.join(", ") })}>
      {answers?.answers.map(({ letter }) => (
        <i
          key={letter}
          style={
            letters.includes(letter)
              ? { background: colorOfPerson(answers, letter) }
              : { boxShadow: "inset 0 0 0 1px var(--lw-line-control)" }
          }
        />
      ))}
    </span>
  );
}

function Agreed({ editor, settling, readOnly }: { editor: Editor; settling: Settling; readOnly: boolean }) {
  const { t } = useTranslation("adjudicate");
  const said = useSaid(editor, settling.answers);
  const { agreed, missing, agreedShown } = settling;
  const byClass = new Map<number, number>();
  for (const region of agreed) byClass.set(region.class, (byClass.get(region.class) ?? 0) + 1);
  return (
    <>
      <div className="sec line">
        <h2>{t("agreed.title")}</h2>
        <span className="c">{t("agreed.count", { count: agreed.length })}</span>
        <span className="sp" />
        {agreed.length > 0 && !readOnly && (
          <Button
            size="s"
            kind="quiet"
            keys={keyOf(editor, "adjudicate.agreed")}
            onClick={() => settling.setAgreedShown(!agreedShown)}
          >
            {t(agreedShown ? "agreed.hide" : "agreed.show")}
          </Button>
        )}
      </div>
      <div className="ag">
        {[...byClass].map(([id, count]) => (
          <span className="cc" key={id}>
            <Swatch color={editor.schema.classes.find((one) => one.id === id)?.color ?? "#9a9a9a"} />
            {said.className(id)} {count}
          </span>
        ))}
      </div>
      {missing.length > 0 && !readOnly && (
        <div className="gut" style={{ paddingBottom: 8 }}>
          <Button size="s" onClick={settling.takeAgreed}>
            {t("agreed.take", { count: missing.length })}
          </Button>
        </div>
      )}
    </>
  );
}

function ItemAnswers({ editor, answers }: { editor: Editor; answers: Answers }) {
  const { t } = useTranslation("adjudicate");
  const said = useSaid(editor, answers);
  const items = answers.items ?? [];
  if (items.length === 0) return null;
  return (
    <>
      <div className="sec line">
        <h2>{t("items.title")}</h2>
        <span className="c">
          {t("items.agreed", { agreed: items.filter((one) => one.agreed).length, count: items.length })}
        </span>
      </div>
      {items.map((vote) => (
        <div className="ia" key={vote.name}>
          <span className="t3 el">{vote.name}</span>
          <span className={vote.agreed ? "el" : "el warn m"}>
            {vote.agreed ? said.value(vote.value) : Object.values(vote.said).map(said.value).join(", ")}
          </span>
          <Dots answers={answers} letters={Object.keys(vote.said)} />
        </div>
      ))}
    </>
  );
}

function Pairs({ editor, answers }: { editor: Editor; answers: Answers }) {
  const { t } = useTranslation("adjudicate");
  const format = useFormat();
  const said = useSaid(editor, answers);
  if (answers.pairs.length === 0) return null;
  return (
    <>
      <div className="sec line">
        <h2>{t("pairs")}</h2>
      </div>
      {answers.pairs.map(({ a, b, value }) => (
        <div className="pr" key={a + b}>
          <span className="t2 el" title={`${said.person(a)}, ${said.person(b)}`}>
            {t("pair", { a: said.short(a), b: said.short(b) })}
          </span>
          <span className="bar" aria-hidden="true">
            <i style={{ width: `${(value ?? 0) * 100}%` }} />
          </span>
          <span className="r">{value === null ? "–" : format.number(value, 2)}</span>
        </div>
      ))}
    </>
  );
}

function Foot({ editor, settling, ending }: { editor: Editor; settling: Settling; ending: Ending }) {
  const { t } = useTranslation("adjudicate");
  const total = settling.conflicts.length;
  const done = total - settling.open;
  return (
    <>
      <p className="xs t2 lw-becomes">{t("becomes", { count: settling.answers?.answers.length ?? 0 })}</p>
      <div className="ft">
        {total > 0 && (
          <div className="row g6" style={{ marginBottom: 8 }}>
            <ProgressBar value={done / total} label={t("progress", { done, count: total })} />
            <span className="xs t2 nw" role="status">
              {t("progress", { done, count: total })}
            </span>
          </div>
        )}
        <div className="row g6">
          <Button size="l" keys={keyOf(editor, "task.skip")} disabled={ending.busy} onClick={ending.skip}>
            {t("skip")}
          </Button>
          <Button
            size="l"
            kind="primary"
            className="lw-submit"
            keys={keyOf(editor, "task.submit")}
            busy={ending.busy}
            disabled={settling.open > 0}
            onClick={ending.finish}
          >
            {t("finish")}
          </Button>
        </div>
      </div>
    </>
  );
}
