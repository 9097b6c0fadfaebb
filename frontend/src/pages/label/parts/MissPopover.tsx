import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import { Kbd, spellChord, useFormat } from "@/ui";
import type { MissCommands } from "../work/missCommands";
import type { Miss } from "../work/misses";
import { classTitle } from "../work/words";
import { Anchored } from "./NotePopover";

/** What a model surely sees, beside its place: add it, say that nothing is there, or leave it. */
export function MissPopover({ editor, miss, commands }: { editor: Editor; miss: Miss; commands: MissCommands }) {
  const { t } = useTranslation("label");
  const format = useFormat();
  return (
    <Anchored editor={editor} at={{ bounds: ops.bounds(miss.region) }} label={t("misses.one")}>
      <div className="m">{t("misses.name", { name: classTitle(editor.schema, miss.region.class) })}</div>
      <div className="t3 xs lw-detail">{t("misses.why", { score: format.percent(miss.score) })}</div>
      <div className="row g4" style={{ marginTop: 7, flexWrap: "wrap" }}>
        <button type="button" className="btn s d" onClick={() => commands.add(miss)}>
          <Kbd>F</Kbd> {t("misses.add")}
        </button>
        <button type="button" className="btn s" onClick={() => commands.refuse(miss)}>
          <Kbd>{spellChord("Shift N")}</Kbd> {t("misses.refuse")}
        </button>
        <button type="button" className="btn s q" onClick={() => commands.keep(miss)}>
          <Kbd>{spellChord("Shift F")}</Kbd> {t("misses.keep")}
        </button>
      </div>
    </Anchored>
  );
}
