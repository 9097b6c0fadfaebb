import { useTranslation } from "react-i18next";
import type { Action } from "@/engine/actions/registry";
import type { Editor } from "@/engine/editor";
import { Dialog, Kbd, LinkButton } from "@/ui";
import { spelled } from "../work/chords";

const GROUPS = ["task", "review", "tools", "region", "edit", "view", "move", "class", "answer"];

/** Every key that does something on this page, out of the registry that runs them. */
export function KeysDialog({ editor, opened, onClose }: { editor: Editor; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("actions");
  const actions = opened ? editor.actions.all().filter(({ id }) => editor.actions.keysOf(id).length > 0) : [];
  const groups = [...new Set([...GROUPS, ...actions.map(({ group }) => group)])];
  const conflicts = opened ? editor.actions.conflicts().length : 0;
  return (
    <Dialog opened={opened} title={t("sheet")} onClose={onClose} width={760}>
      <div className="lw-keys" data-conflicts={conflicts}>
        <LinkButton to="/account/keyboard" size="s" icon="keyboard" className="lw-change-keys">
          {t("keyboard:change")}
        </LinkButton>
        {groups.map((group) => (
          <KeyGroup key={group} editor={editor} group={group} actions={actions.filter((one) => one.group === group)} />
        ))}
        <section>
          <h2>{t("group.pointer")}</h2>
          {(["wheel", "space", "shift", "alt"] as const).map((name) => (
            <div className="row sm" key={name}>
              <span className="sp">{t(`pointer.${name}`)}</span>
              <Kbd>{t(`pointer.${name}Key`)}</Kbd>
            </div>
          ))}
          <div className="row sm">
            <span className="sp">{t("landmarks")}</span>
            <Kbd>F6</Kbd>
          </div>
        </section>
      </div>
    </Dialog>
  );
}

function KeyGroup({ editor, group, actions }: { editor: Editor; group: string; actions: Action[] }) {
  const { t } = useTranslation("actions");
  if (actions.length === 0) return null;
  return (
    <section>
      <h2>{t(`group.${group}`)}</h2>
      {actions.map((action) => (
        <div className="row sm" key={action.id}>
          <span className="sp">{t(action.label)}</span>
          {editor.actions.keysOf(action.id).map((chord) => (
            <Kbd key={chord}>{spelled(chord)}</Kbd>
          ))}
        </div>
      ))}
    </section>
  );
}
