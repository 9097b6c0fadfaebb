import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { SchemaClass } from "@/engine/types";
import { Button, Icon, Kbd, Swatch, showError } from "@/ui";
import { keyOf } from "../work/chords";
import { byNumber, searched } from "../work/classSearch";
import { useEditorEvents } from "../work/hooks";
import { SEARCH_CLASS } from "../work/panelActions";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

interface ClassListProps {
  editor: Editor;
  /** Given to managers: add a class with this name while drawing. */
  onAdd?: (name: string) => Promise<void>;
}

/** The one list of classes, shared by all tools: digits choose, C searches, counts at the right. */
export function ClassList({ editor, onAdd }: ClassListProps) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "class", "change", "selection", "view");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [adding, setAdding] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const counts = editor.counts();
  const searchKey = keyOf(editor, SEARCH_CLASS.id);
  const wanted = text.trim().toLowerCase();
  const classes = useMemo(
    () => editor.schema.classes.filter((one) => !one.archived).sort((a, b) => (a.order ?? 0) - (b.order ?? 0)),
    [editor.schema],
  );
  const keys = new Map(KEYS.flatMap((key) => [[editor.classForKey(key), key] as const]));
  const shown = searched(classes, wanted);
  const numbers = useMemo(() => new Map(classes.map(({ id }, index) => [id, index + 1])), [classes]);
  const canAdd =
    onAdd !== undefined &&
    wanted !== "" &&
    !classes.some((one) => one.name.toLowerCase() === wanted || one.title?.toLowerCase() === wanted);

  useEffect(() => {
    const stop = editor.actions.add({
      ...SEARCH_CLASS,
      run: () => input.current?.focus(),
    });
    return stop;
  }, [editor]);

  function choose(one: SchemaClass) {
    editor.setClass(one.id, { apply: true });
    setText("");
    editor.focus();
  }
  async function add() {
    if (!onAdd) return;
    setAdding(true);
    try {
      await onAdd(text.trim());
      setText("");
      editor.focus();
    } catch (error) {
      showError(error, t("classes.addFailed"));
    } finally {
      setAdding(false);
    }
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((before) => Math.max(0, Math.min(shown.length - 1, before + step)));
    else if (event.key === "Enter") {
      const one = shown[Math.min(at, shown.length - 1)];
      if (one) choose(one);
      else if (canAdd) void add();
    } else if (event.key === "Escape") {
      setText("");
      editor.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <>
      <div className="in s lw-find">
        <Icon name="search" size="s" />
        <input
          ref={input}
          className="sp"
          role="combobox"
          aria-expanded="true"
          aria-controls="lw-classes"
          aria-activedescendant={
            wanted && shown.length > 0 ? `class-${shown[Math.min(at, shown.length - 1)]?.id}` : undefined
          }
          aria-label={t("classes.find")}
          placeholder={t(onAdd ? "classes.findOrAdd" : "classes.find")}
          value={text}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            const numbered = byNumber(classes, typed);
            if (numbered?.certain) return choose(numbered.found);
            setText(typed);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        {searchKey && <Kbd>{searchKey}</Kbd>}
      </div>
      <div role="listbox" aria-label={t("classes.title")} id="lw-classes" className="lw-classes">
        {shown.map((one, index) => {
          const current = editor.currentClass === one.id;
          const key = keys.get(one.id);
          const count = counts.get(one.id) ?? 0;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the listbox is walked from the search field, and every class has a key
            <div
              key={one.id}
              id={`class-${one.id}`}
              role="option"
              aria-selected={current}
              className={["li", current ? "on" : "", wanted && index === at ? "hov" : ""].join(" ")}
              onClick={() => choose(one)}
              onKeyDown={() => {}}
            >
              {key ? (
                <span aria-hidden="true" className="row">
                  <Kbd>{key}</Kbd>
                </span>
              ) : (
                <span className="lw-nokey t3 xs" aria-hidden="true">
                  {numbers.get(one.id)}
                </span>
              )}
              <Swatch color={one.color} />
              <span className={`el ${current ? "m" : ""}`} title={one.title || one.name}>
                {one.title || one.name}
              </span>
              <span className="sp" />
              <span className={count > 0 ? "t2" : "t3"}>
                {count}
                <span className="vh">{t("classes.regions", { count })}</span>
              </span>
            </div>
          );
        })}
        {shown.length === 0 && (
          // biome-ignore lint/a11y/useFocusableInteractive: says that the list is empty; there is nothing to choose
          <div className="sm t3 lw-none" role="option" aria-selected="false" aria-disabled="true">
            {t("classes.none")}
          </div>
        )}
      </div>
      {canAdd && (
        <div className="lw-none">
          <Button size="s" icon="plus" busy={adding} onClick={() => void add()}>
            {t("classes.add", { name: text.trim() })}
          </Button>
        </div>
      )}
    </>
  );
}
