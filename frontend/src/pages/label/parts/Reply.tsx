import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed } from "@/api/types";
import { Button } from "@/ui";
import { askedName, type Mentionable, mentionedIn, offered, withName } from "./mentions";

interface ReplyProps {
  project: number;
  busy: boolean;
  onSend: (text: string, mentions: number[]) => Promise<void>;
  onCancel?: () => void;
  label?: string;
  autoFocus?: boolean;
}

function usePeople(project: number, wanted: boolean): readonly Mentionable[] {
  const { data } = useQuery({
    queryKey: ["project", project, "mentionable"],
    queryFn: () => api.get<Listed<Mentionable>>(`/projects/${project}/mentionable`, { query: { limit: 500 } }),
    enabled: wanted,
    staleTime: 300_000,
  });
  return data?.results ?? [];
}

/** A few lines; `@` completes a person's name, Ctrl Enter sends, Escape leaves. */
export function Reply({ project, busy, onSend, onCancel, label, autoFocus }: ReplyProps) {
  const { t } = useTranslation(["label", "notices"]);
  const [text, setText] = useState("");
  const [caret, setCaret] = useState(0);
  const [place, setPlace] = useState(0);
  const [dismissed, setDismissed] = useState(-1);
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const asked = askedName(text, caret);
  const people = usePeople(project, text.includes("@"));
  const choices = asked && asked.at !== dismissed ? offered(people, asked.name) : [];
  const current = choices[Math.min(place, choices.length - 1)];
  function choose(person: Mentionable) {
    if (!asked) return;
    const made = withName(text, asked.at, caret, person.name);
    setText(made.text);
    setCaret(made.caret);
    setPlace(0);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(made.caret, made.caret);
    });
  }
  async function submit(event?: FormEvent) {
    event?.preventDefault();
    if (text.trim() === "" || busy) return;
    await onSend(text.trim(), mentionedIn(text, people));
    setText("");
  }
  function onChoiceKey(event: KeyboardEvent): boolean {
    if (!current || !asked) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setPlace((Math.min(place, choices.length - 1) + step + choices.length) % choices.length);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") choose(current);
    else if (event.key === "Escape") setDismissed(asked.at);
    else return false;
    return true;
  }
  function onKeyDown(event: KeyboardEvent) {
    if (!onChoiceKey(event)) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
      else if (event.key === "Escape") onCancel?.();
      else return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <form onSubmit={submit} className="lw-reply">
      <textarea
        ref={field}
        // biome-ignore lint/a11y/noAutofocus: the composer opens where the person just clicked
        autoFocus={autoFocus}
        className="in"
        rows={2}
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={current ? `${list}-${current.number}` : undefined}
        aria-label={label ?? t("label:issues.reply")}
        placeholder={label ?? t("label:issues.reply")}
        title={t("notices:mention.hint")}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
          setPlace(0);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label={t("notices:mention.list")} className="lw-mentions">
        {choices.map((person) => (
          <button
            type="button"
            role="option"
            tabIndex={-1}
            id={`${list}-${person.number}`}
            key={person.number}
            aria-selected={person === current}
            className={person === current ? "on" : ""}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(person)}
          >
            {person.name}
          </button>
        ))}
      </div>
      {text.trim() !== "" && (
        <div className="row g4">
          <Button size="s" kind="primary" type="submit" keys="Ctrl Enter" busy={busy}>
            {t("label:issues.send")}
          </Button>
        </div>
      )}
    </form>
  );
}
