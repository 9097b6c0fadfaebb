import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import { Icon, Kbd, spellChord } from "@/ui";
import { keyOf } from "../work/chords";
import { useEditorEvents } from "../work/hooks";

const PARTS = {
  align: ["alignLeft", "alignCentre", "alignRight", "alignTop", "alignMiddle", "alignBottom"],
  spread: ["distributeAcross", "distributeDown", "sameSize"],
  layer: ["toFront", "forward", "backward", "toBack"],
  belong: ["group", "ungroup", "setParent", "clearParent", "beginTrack"],
  show: ["lock", "hide", "duplicate"],
} as const;

/** How the selected regions lie and belong together, each with its key. What makes no sense now is left out. */
export function ArrangeMenu({ editor }: { editor: Editor }) {
  const { t } = useTranslation(["label", "actions"]);
  useEditorEvents(editor, "selection", "change", "view");
  const usable = (name: string) => {
    const action = editor.actions.get(`region.${name}`);
    return action !== undefined && (action.enabled?.() ?? true) ? action : null;
  };
  return (
    <Menu position="left-start" width={320} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button type="button" className="btn s ic" aria-label={t("label:arrange.title")} disabled={editor.readOnly}>
          <Icon name="layers" size="s" />
        </button>
      </Menu.Target>
      <Menu.Dropdown className="lw-arrange">
        {(Object.keys(PARTS) as (keyof typeof PARTS)[]).map((part) => {
          const actions = PARTS[part].flatMap((name) => usable(name) ?? []);
          return (
            actions.length > 0 && (
              // biome-ignore lint/a11y/useSemanticElements: a menu holds no fieldset
              <div key={part} role="group" aria-label={t(`label:arrange.${part}`)}>
                <Menu.Label aria-hidden>{t(`label:arrange.${part}`)}</Menu.Label>
                {actions.map((action) => {
                  const keys = keyOf(editor, action.id);
                  return (
                    <Menu.Item
                      key={action.id}
                      rightSection={keys ? <Kbd>{spellChord(keys)}</Kbd> : null}
                      onClick={() => {
                        editor.dispatch(action);
                        // Arrows go on with the regions; the closed menu would take the focus back to its button.
                        requestAnimationFrame(() => editor.focus());
                      }}
                    >
                      {t(`actions:${action.label}`)}
                    </Menu.Item>
                  );
                })}
              </div>
            )
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
