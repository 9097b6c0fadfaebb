import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PRESET_NAMES, type PresetName } from "@/app/keys/keyMap";
import { Button, EmptyState, Icon, Page, showToast } from "@/ui";
import { spelled } from "../label/work/chords";
import type { Entry } from "./catalogue";
import { KeyRow } from "./KeyRow";
import { type Draft, useDraft } from "./useDraft";
import "./keyboard.css";

const GROUPS = ["task", "review", "answer", "tools", "region", "edit", "view", "move", "class"];

/** /account/keyboard: every action with its keys, and how to change them. */
export default function KeyboardPage() {
  const { t } = useTranslation(["keyboard", "actions"]);
  const [search, setSearch] = useState("");
  const draft = useDraft(() => showToast({ tone: "ok", title: t("keyboard:saved") }));
  const wanted = search.trim().toLocaleLowerCase();
  const fits = (entry: Entry) =>
    t(`actions:${entry.label}`).toLocaleLowerCase().includes(wanted) ||
    draft.keysOf(entry).some((chord) => spelled(chord).toLocaleLowerCase() === wanted);
  const shown = draft.entries.filter(fits);
  const groups = [...new Set([...GROUPS, ...shown.map(({ group }) => group)])];
  return (
    <Page
      title={t("keyboard:title")}
      actions={
        <>
          <Button disabled={!draft.isChanged} onClick={draft.revert}>
            {t("keyboard:discard")}
          </Button>
          <Button
            kind="primary"
            disabled={!draft.isChanged || draft.clashes.length > 0}
            busy={draft.isSaving}
            onClick={draft.save}
          >
            {t("common:saveChanges")}
          </Button>
        </>
      }
    >
      <div className="gut lw-keyboard">
        <div className="row" style={{ gap: 12, alignItems: "flex-end", flexWrap: "wrap" }}>
          <Select
            label={t("keyboard:preset")}
            allowDeselect={false}
            data={PRESET_NAMES.map((value) => ({ value, label: t(`account:keys.presets.${value}`) }))}
            value={draft.preset}
            onChange={(value) => value && draft.choosePreset(value as PresetName)}
          />
          <TextInput
            label={t("keyboard:search")}
            placeholder={t("keyboard:searchHint")}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <span className="sp" />
          <Button disabled={!draft.hasOwn} onClick={draft.resetAll}>
            {t("keyboard:resetAll")}
          </Button>
        </div>
        <Clashes draft={draft} />
        {shown.length === 0 && <EmptyState inline icon="keyboard" title={t("keyboard:nothing")} />}
        {groups.map((group) => (
          <Group key={group} group={group} draft={draft} entries={shown.filter((one) => one.group === group)} />
        ))}
      </div>
    </Page>
  );
}

function Clashes({ draft }: { draft: Draft }) {
  const { t } = useTranslation(["keyboard", "actions"]);
  if (draft.clashes.length === 0) return null;
  const nameOf = (id: string) => t(`actions:${draft.entries.find((one) => one.id === id)?.label ?? id}`);
  return (
    <div className="lw-clashes" role="alert">
      <span className="warn row">
        <Icon name="alert" />
      </span>
      <div>
        <div className="b">{t("keyboard:clashes", { count: draft.clashes.length })}</div>
        {draft.clashes.map(({ chord, actions }) => (
          <div key={chord} className="sm">
            {t("keyboard:clash", { key: spelled(chord), actions: actions.map(nameOf).join(", ") })}
          </div>
        ))}
      </div>
    </div>
  );
}

function Group({ group, entries, draft }: { group: string; entries: readonly Entry[]; draft: Draft }) {
  const { t } = useTranslation("actions");
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby={`group-${group}`}>
      <h2 id={`group-${group}`}>{t(`group.${group}`)}</h2>
      <ul>
        {entries.map((entry) => (
          <KeyRow key={entry.id} entry={entry} draft={draft} />
        ))}
      </ul>
    </section>
  );
}
