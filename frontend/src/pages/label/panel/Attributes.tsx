import { Menu } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FLAGS } from "@/engine/actions/arranging";
import type { Editor } from "@/engine/editor";
import type { AttributeValue, Region, RegionFlag, SchemaAttribute } from "@/engine/types";
import { Icon, Kbd, Swatch, spellChord } from "@/ui";
import { keyOf } from "../work/chords";
import { useEditorEvents } from "../work/hooks";
import { EDIT_ATTRIBUTES } from "../work/panelActions";
import { type Asking, questionOf, useAsking, useQuestion } from "../work/useAsking";
import { classOf, classTitle, isAsked } from "../work/words";
import { ArrangeMenu } from "./ArrangeMenu";
import { AttributeField } from "./AttributeField";

/** What the schema asks about the selected regions, and about the whole image. */
export function Attributes({ editor }: { editor: Editor }) {
  useEditorEvents(editor, "selection", "change", "view");
  const box = useRef<HTMLDivElement>(null);
  const regions = editor.selection.flatMap((id) => editor.region(id) ?? []);
  const item = editor.schema.item_attributes ?? [];
  const asking = useAsking(editor);

  useEffect(() => {
    const firstControl = () => box.current?.querySelector<HTMLElement>(CONTROL);
    return editor.actions.add({
      ...EDIT_ATTRIBUTES,
      enabled: () => !editor.busy && editor.tool !== "tag" && firstControl() != null,
      run: () => firstControl()?.focus(),
    });
  }, [editor]);

  function next(field: HTMLElement) {
    const fields = [...(box.current?.querySelectorAll<HTMLElement>("[data-field]") ?? [])];
    const following = fields[fields.indexOf(field) + 1]?.querySelector<HTMLElement>(CONTROL);
    if (following) following.focus();
    else editor.focus();
  }
  if (regions.length === 0 && item.length === 0) return null;
  return (
    <div ref={box} className="lw-attributes">
      {regions.length > 0 && <RegionAttributes editor={editor} regions={regions} onNext={next} asking={asking} />}
      {item.length > 0 && <ItemAttributes editor={editor} attributes={item} onNext={next} />}
    </div>
  );
}

const CONTROL =
  "[tabindex='0']:not(:disabled),input:not(:disabled),select:not(:disabled),.lw-toggles button:not(:disabled)";

function common(regions: Region[], name: string): AttributeValue | undefined {
  const first = regions[0]?.attributes[name] ?? null;
  const same = regions.every((region) => JSON.stringify(region.attributes[name] ?? null) === JSON.stringify(first));
  return same ? first : undefined;
}

interface RegionAttributesProps {
  editor: Editor;
  asking: Asking;
  regions: Region[];
  onNext: (field: HTMLElement) => void;
}

function RegionAttributes({ editor, regions, onNext, asking }: RegionAttributesProps) {
  const { t } = useTranslation("label");
  const first = regions[0] as Region;
  const oneClass = regions.every((region) => region.class === first.class);
  const found = classOf(editor.schema, first.class);
  const asked = oneClass ? (found?.attributes ?? []).filter((one) => isAsked(one, first.attributes)) : [];
  const question = regions.length === 1 && asking.about === first.id ? questionOf(asked, first) : undefined;
  useQuestion(editor, first.id, question);
  const ids = regions.map(({ id }) => id);
  return (
    <>
      <div className="sec line">
        {oneClass && <Swatch color={found?.color ?? "#c4c4c4"} />}
        <h2 className="el">
          {regions.length > 1
            ? t("regions.selected", { count: regions.length })
            : `${classTitle(editor.schema, first.class)} ${editor.numberOf(first.id)}`}
        </h2>
        {regions.length === 1 && <span className="c">{t(`shape.${first.shape}`)}</span>}
        <FlagWords regions={regions} />
        <span className="sp" />
        {asked.length > 0 && !editor.readOnly && (
          <span className="xs t3 row g4 lw-wide">
            <ActionKey editor={editor} action={EDIT_ATTRIBUTES.id} /> {t("attributes.edit")}
          </span>
        )}
        <ArrangeMenu editor={editor} />
        <FlagMenu editor={editor} regions={regions} />
      </div>
      {(asked.length > 0 || regions.some(({ track }) => track !== undefined)) && (
        <div className="att">
          {asked.map((attribute) => (
            <AttributeField
              key={`${first.class}:${attribute.name}`}
              attribute={attribute}
              value={common(regions, attribute.name)}
              readOnly={editor.readOnly}
              onChange={(value) => editor.setAttributes(ids, { [attribute.name]: value })}
              asked={attribute === question}
              onAnswered={asking.answered}
              onNext={onNext}
              onLeave={() => editor.focus()}
            />
          ))}
          <TrackField editor={editor} regions={regions} onNext={onNext} />
        </div>
      )}
    </>
  );
}

/** The number that regions have in their sequence, where one has it; emptied, they belong to no track. */
function TrackField({ editor, regions, onNext }: Pick<RegionAttributesProps, "editor" | "regions" | "onNext">) {
  const { t } = useTranslation("label");
  const [refused, setRefused] = useState(0);
  const ids = regions.map(({ id }) => id);
  const [first, ...others] = regions.map(({ track }) => track);
  if (regions.every(({ track }) => track === undefined)) return null;
  return (
    <AttributeField
      key={`${ids.join()}:${refused}`}
      attribute={{ name: "track", title: t("attributes.track"), kind: "number" }}
      value={others.every((track) => track === first) ? first : undefined}
      readOnly={editor.readOnly}
      onChange={(value) => editor.setTrack(ids, value as number | null) || setRefused(refused + 1)}
      onNext={onNext}
      onLeave={() => editor.focus()}
    />
  );
}

function FlagWords({ regions }: { regions: Region[] }) {
  const { t } = useTranslation("label");
  const first = regions[0];
  const words = [...(first?.occluded ? ["occluded"] : []), ...(first?.flags ?? [])];
  if (words.length === 0) return null;
  return <span className="xs t3 el">{words.map((word) => t(`flags.${word}`)).join(", ")}</span>;
}

function FlagMenu({ editor, regions }: { editor: Editor; regions: Region[] }) {
  const { t } = useTranslation("label");
  const has = (flag: RegionFlag) => regions.every((region) => region.flags?.includes(flag));
  return (
    <Menu
      withInitialFocusPlaceholder={false}
      position="top-end"
      closeOnItemClick={false}
      checkIcon={<Icon name="check" size="s" />}
      alignItemsLabels="all"
    >
      <Menu.Target>
        <button type="button" className="btn s ic" aria-label={t("flags.title")} disabled={editor.readOnly}>
          <Icon name="flag" size="s" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("flags.title")}</Menu.Label>
        <Menu.CheckboxItem
          checked={regions.every((region) => region.occluded)}
          rightSection={<ActionKey editor={editor} action="region.occluded" />}
          onChange={() => editor.toggleOccluded()}
        >
          {t("flags.occluded")}
        </Menu.CheckboxItem>
        {FLAGS.map((flag) => (
          <Menu.CheckboxItem
            key={flag}
            checked={has(flag)}
            rightSection={<ActionKey editor={editor} action={`region.${flag}`} />}
            onChange={() => editor.toggleFlag(flag)}
          >
            {t(`flags.${flag}`)}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ActionKey({ editor, action }: { editor: Editor; action: string }) {
  const keys = keyOf(editor, action);
  return keys ? <Kbd>{spellChord(keys)}</Kbd> : null;
}

interface ItemAttributesProps {
  editor: Editor;
  attributes: SchemaAttribute[];
  onNext: (field: HTMLElement) => void;
}

function ItemAttributes({ editor, attributes, onNext }: ItemAttributesProps) {
  const { t } = useTranslation("label");
  const answers = editor.answers();
  return (
    <>
      <div className="sec line">
        <h2>{t("attributes.item")}</h2>
      </div>
      <div className="att">
        {attributes
          .filter((one) => isAsked(one, answers))
          .map((attribute) => (
            <AttributeField
              key={attribute.name}
              attribute={attribute}
              value={answers[attribute.name] ?? null}
              readOnly={editor.readOnly}
              onChange={(value) => editor.setAnswer(attribute.name, value)}
              onNext={onNext}
              onLeave={() => editor.focus()}
            />
          ))}
      </div>
    </>
  );
}
