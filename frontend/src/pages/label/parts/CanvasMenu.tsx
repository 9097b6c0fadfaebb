import { Menu } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { EditorEvents } from "@/engine/public";
import { Kbd, spellChord } from "@/ui";
import { keyOf } from "../work/chords";
import { useEditorEvent } from "../work/hooks";
import { nameOf } from "../work/words";

/** What can be done with a region, and at a bare place; what makes no sense now is left out. */
const OF_REGION = [
  ["attributes.focus", "class.search", "region.usePrediction"],
  ["edit.copy", "region.duplicate", "region.occluded", "region.hide", "region.lock"],
  ["region.to_box", "region.to_polygon", "region.to_mask", "polygon.simplify"],
  ["review.mark", "comment.add"],
  ["region.delete"],
];
const OF_PLACE = [["edit.paste", "region.usePrediction"], ["comment.here"], ["region.hide", "view.fit", "edit.undo"]];

/** Where an action is called otherwise here than in the list of keys. */
const WORDS: Record<string, string> = { "comment.here": "comment.add", "class.search": "label:changeClass" };

type Asked = EditorEvents["menu"];

/** The menu of a place on the canvas: right button, long press of a finger, or the menu key. */
export function CanvasMenu({ editor }: { editor: Editor }) {
  const { t } = useTranslation(["actions", "label"]);
  const [asked, ask] = useState<Asked | null>(null);
  useEditorEvent(editor, "menu", ask);
  if (!asked) return null;
  const region = editor.region(asked.element ?? "");
  const usable = (id: string) => {
    const action = editor.actions.get(id);
    return id === "comment.here" || (action !== undefined && (action.enabled?.() ?? true));
  };
  function choose(id: string) {
    const at = asked?.at;
    ask(null);
    // After the closing menu has given the focus back.
    requestAnimationFrame(() => {
      editor.focus();
      if (id === "comment.here" && at) editor.emit("comment", { at, element: null });
      else editor.dispatch(id);
    });
  }
  function onClose() {
    ask(null);
    requestAnimationFrame(() => editor.focus());
  }
  return (
    <Menu
      opened
      onClose={onClose}
      position="bottom-start"
      offset={2}
      width={260}
      returnFocus={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-label={t("label:menu")}
          className="lw-menu-at"
          style={{ left: asked.screen.x, top: asked.screen.y }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={t("label:menu")}>
        {region && (
          <Menu.Label>
            {editor.selection.length > 1
              ? t("label:regions.selected", { count: editor.selection.length })
              : nameOf(editor, region)}
          </Menu.Label>
        )}
        {(region ? OF_REGION : OF_PLACE)
          .map((part) => part.filter(usable))
          .filter((part) => part.length > 0)
          .map((part, at) => (
            <div key={part[0]}>
              {at > 0 && <Menu.Divider />}
              {part.map((id) => (
                <MenuLine key={id} editor={editor} id={id} onChoose={choose} />
              ))}
            </div>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function MenuLine({ editor, id, onChoose }: { editor: Editor; id: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation(["actions", "label"]);
  const keys = keyOf(editor, id);
  const label = WORDS[id] ?? editor.actions.get(id)?.label ?? id;
  return (
    <Menu.Item rightSection={keys ? <Kbd>{spellChord(keys)}</Kbd> : null} onClick={() => onChoose(id)}>
      {t(label)}
    </Menu.Item>
  );
}
