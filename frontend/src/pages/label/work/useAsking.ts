import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/me";
import type { Editor } from "@/engine/editor";
import type { AttributeValue, Region, SchemaAttribute } from "@/engine/types";
import { useEditorEvent } from "./hooks";
import { isAnswered } from "./words";

/** Answers that one digit or one click can choose. */
export const MOST_CHOICES = 9;

export interface Asking {
  /** The region that was just drawn and is asked about. */
  about: string | null;
  /** An answer was given by a click: the canvas gets its keys back. */
  answered: () => void;
}

/** What a newly drawn region must be asked is asked at once: digits answer while the canvas keeps all other keys. It ends
 * with the last answer, or when something else is selected. */
export function useAsking(editor: Editor): Asking {
  const [about, ask] = useState<string | null>(null);
  useEditorEvent(editor, "change", ({ origin, label, changes }) => {
    if (label === "attributes") return;
    const [first, ...more] = changes;
    const made = first?.kind === "region" && more.length === 0 && !first.before ? first.after : null;
    ask(made && origin === "user" && label === "create" && made.shape !== "mask" ? made.id : null);
  });
  useEditorEvent(editor, "selection", (ids) =>
    ask((before) => (ids.length === 1 && ids[0] === before ? before : null)),
  );
  return {
    about,
    answered: () => {
      if (about) requestAnimationFrame(() => editor.focus());
    },
  };
}

export function choicesOf(attribute: SchemaAttribute): readonly (string | boolean)[] {
  if (attribute.kind === "boolean") return [true, false];
  const options = attribute.kind === "select" ? (attribute.options ?? []) : [];
  return options.length <= MOST_CHOICES ? options : [];
}

/** The first required answer that is missing and that a digit can give. */
export const questionOf = (asked: readonly SchemaAttribute[], region: Region): SchemaAttribute | undefined =>
  asked.find((one) => one.required && !isAnswered(region.attributes[one.name]) && choicesOf(one).length > 0);

const ELSEWHERE = "[aria-modal='true'],[role='menu']";

/** Digits answer the question, and it is said with its answers. Not for whom single keys are switched off. */
export function useQuestion(editor: Editor, region: string, question: SchemaAttribute | undefined): void {
  const { t } = useTranslation("label");
  const off = useMe().preferences.single_keys === false || editor.readOnly;
  const name = off ? undefined : question?.name;
  const choices = question ? choicesOf(question) : [];
  const latest = useRef(choices);
  latest.current = choices;
  const words = choices.map((choice, at) => {
    const answer = typeof choice === "string" ? choice : t(choice ? "attributes.yes" : "attributes.no");
    return `${at + 1} ${answer}`;
  });
  const said = `${question?.title || question?.name}: ${words.join(", ")}`;
  useEffect(() => {
    if (name === undefined) return;
    editor.emit("say", { key: "question", values: { words: said } });
    function onKeyDown(event: KeyboardEvent) {
      const { target } = event;
      const onCanvas = target instanceof Element && (target === document.body || target.closest("[role=application]"));
      if (!onCanvas || event.ctrlKey || event.metaKey || event.altKey || document.querySelector(ELSEWHERE)) return;
      const choice: AttributeValue | undefined = /^[1-9]$/.test(event.key)
        ? latest.current[Number(event.key) - 1]
        : undefined;
      if (choice === undefined || name === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      editor.setAttributes([region], { [name]: choice });
    }
    // Before the canvas takes the digit for a class.
    window.addEventListener("keydown", onKeyDown, true);
    return () => window.removeEventListener("keydown", onKeyDown, true);
  }, [editor, region, name, said]);
}
