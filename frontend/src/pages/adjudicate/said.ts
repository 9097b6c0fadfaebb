import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { useFormat } from "@/ui";
import type { Answers, Conflict } from "./conflicts";

/** How people, classes and conflicts are named here. */
export function useSaid(editor: Editor, answers: Answers | null) {
  const { t } = useTranslation("adjudicate");
  const format = useFormat();
  const classes = new Map(editor.schema.classes.map((one) => [one.id, one.title || one.name]));
  const people = answers?.answers.length ?? 0;
  const className = (id: number | null) => (id === null ? "" : (classes.get(id) ?? String(id)));
  const person = (letter: string) =>
    answers?.answers.find((one) => one.letter === letter)?.person?.name ?? t("answerOf", { letter });
  const short = (letter: string) => answers?.answers.find((one) => one.letter === letter)?.person?.name ?? letter;
  const value = (given: unknown) =>
    given === null || given === undefined ? "–" : Array.isArray(given) ? given.join(", ") : String(given);
  return {
    className,
    person,
    short,
    value,
    name: (conflict: Conflict) => (conflict.kind === "item" ? conflict.name : className(conflict.classId)),
    why: (conflict: Conflict) => {
      const lowest = Math.min(...conflict.options.flatMap(({ likeness }) => likeness ?? []));
      if (conflict.kind === "item") return conflict.options.map((one) => value(one.value)).join(", ");
      const seen = new Set(
        conflict.options.flatMap(({ letter, region }) => (letter && region ? className(region.class) : [])),
      );
      if (seen.size > 1) return t("why.class", { names: [...seen].join(", ") });
      if (conflict.why.includes("support")) return t("why.support", { count: conflict.drawnBy.length, people });
      if (conflict.why.includes("attribute")) return t("why.attribute");
      return Number.isFinite(lowest) ? t("why.geometry", { value: format.number(lowest, 2) }) : t("why.other");
    },
    about(conflict: Conflict) {
      return `${this.name(conflict)}: ${this.why(conflict)}`;
    },
  };
}
