import { Menu } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Editor } from "@/engine/editor";
import type { Region } from "@/engine/types";
import { Icon, IconButton, Swatch } from "@/ui";
import { keyOf } from "../work/chords";
import { useEditorEvents } from "../work/hooks";
import type { Note } from "../work/notes";
import { placeOf } from "../work/notes";
import type { Notes } from "../work/useNotes";
import { answersOf, classOf, classTitle, sizeOf, useRegionWords } from "../work/words";
import { Crop } from "./Crop";

const ROW = 36; // CSS pixels

/** Shift and an arrow in the list move what is selected, as on the canvas. */
const NUDGES: Record<string, [number, number]> = {
  ArrowLeft: [-10, 0],
  ArrowRight: [10, 0],
  ArrowUp: [0, -10],
  ArrowDown: [0, 10],
};
/** How far these keys go in the list. */
const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

type Filter = "all" | "class" | "findings" | "hidden";

interface RegionListProps {
  editor: Editor;
  notes: Notes;
  bitmap: ImageBitmap | null;
}

function notesByRegion(notes: readonly Note[]): Map<string, Note[]> {
  const byRegion = new Map<string, Note[]>();
  for (const note of notes) {
    const at = placeOf(note);
    if (at && "element" in at) byRegion.set(at.element, [...(byRegion.get(at.element) ?? []), note]);
  }
  return byRegion;
}

/** What is on the canvas, as a list: a listbox with one option a region, virtual, in step with the canvas. */
export function RegionList({ editor, notes, bitmap }: RegionListProps) {
  const { t } = useTranslation("label");
  useEditorEvents(editor, "change", "selection", "hover", "view", "class");
  const [filter, setFilter] = useState<Filter>("all");
  const about = notesByRegion(notes.all);
  const all = editor.regions();
  const shown = all.filter((region) => {
    if (filter === "class") return region.class === editor.currentClass;
    if (filter === "findings") return about.has(region.id);
    return filter === "hidden" ? editor.isHidden(region.id) || editor.isLocked(region.id) : true;
  });
  const hidden = all.reduce((n, region) => n + (editor.isHidden(region.id) ? 1 : 0), 0);
  return (
    <>
      <div className="sec line">
        <h2>{t("regions.title")}</h2>
        <span className="c">{filter === "all" ? all.length : `${shown.length} / ${all.length}`}</span>
        {hidden > 0 && <span className="xs t3">{t("regions.hidden", { count: hidden })}</span>}
        <span className="sp" />
        {notes.findings.length > 0 && (
          <button
            type="button"
            className="btn s q warn"
            aria-label={t("findings.open", { count: notes.findings.length })}
            onClick={notes.next}
          >
            <Icon name="alert" size="s" />
            {notes.findings.length}
          </button>
        )}
        <Menu position="bottom-end">
          <Menu.Target>
            <button
              type="button"
              className={`btn s ic ${filter === "all" ? "" : "on"}`}
              aria-label={t("regions.filter")}
            >
              <Icon name="filter" size="s" />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {(["all", "class", "findings", "hidden"] as const).map((name) => (
              <Menu.Item
                key={name}
                rightSection={filter === name ? <Icon name="check" size="s" /> : null}
                onClick={() => setFilter(name)}
              >
                {t(`regions.filters.${name}`, { name: classTitle(editor.schema, editor.currentClass) })}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <IconButton
          size="s"
          icon={hidden > 0 ? "eye-off" : "eye"}
          label={t(hidden > 0 ? "regions.showAll" : "regions.hideAll")}
          keys={keyOf(editor, "region.hide")}
          onClick={() =>
            editor.setHidden(
              all.map(({ id }) => id),
              hidden === 0,
            )
          }
        />
      </div>
      <Rows editor={editor} regions={shown} about={about} bitmap={bitmap} onNote={notes.show} />
      {editor.unknown().length > 0 && (
        <div className="xs t3 lw-none">{t("regions.unknown", { count: editor.unknown().length })}</div>
      )}
    </>
  );
}

interface RowsProps {
  editor: Editor;
  regions: Region[];
  about: Map<string, Note[]>;
  bitmap: ImageBitmap | null;
  onNote: (note: Note) => void;
}

function Rows({ editor, regions, about, bitmap, onNote }: RowsProps) {
  const { t } = useTranslation("label");
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: regions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
  });
  const active = editor.selection.at(-1);
  const index = regions.findIndex(({ id }) => id === active);
  useEffect(() => {
    if (index >= 0) virtualizer.scrollToIndex(index, { align: "auto" });
  }, [index, virtualizer]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget || event.altKey) return;
    const step = STEPS[event.key];
    const more = event.ctrlKey || event.metaKey;
    if (more && step === undefined) return;
    const nudge = event.shiftKey && !more ? NUDGES[event.key] : undefined;
    if (step === undefined && !nudge && event.key !== "Enter") return;
    event.preventDefault();
    if (nudge) return editor.nudgeOnScreen(...nudge);
    // Its questions, or where there are none the region itself on the canvas.
    if (step === undefined) return void (editor.dispatch("attributes.focus") || editor.focus());
    const next = regions[Math.max(0, Math.min(regions.length - 1, (index < 0 ? -1 : index) + step))];
    // With Ctrl it joins what is selected, and becomes the last of it.
    const rest = more ? editor.selection.filter((id) => id !== next?.id) : [];
    if (next) editor.select([...rest, next.id], { reveal: !more });
  }
  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={t("regions.title")}
      aria-multiselectable="true"
      aria-activedescendant={index >= 0 ? `region-${active}` : undefined}
      tabIndex={0}
      className="lw-regions"
      onKeyDown={onKeyDown}
    >
      {regions.length === 0 && (
        // biome-ignore lint/a11y/useFocusableInteractive: says that the list is empty; there is nothing to choose
        <div className="sm t3 lw-none" role="option" aria-selected="false" aria-disabled="true">
          {t(editor.readOnly ? "regions.nothing" : "regions.none")}
        </div>
      )}
      <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
        {virtualizer.getVirtualItems().map((item) => {
          const region = regions[item.index];
          if (!region) return null;
          return (
            <Row
              key={region.id}
              editor={editor}
              region={region}
              notes={about.get(region.id) ?? []}
              bitmap={bitmap}
              top={item.start}
              place={{ at: item.index + 1, of: regions.length }}
              onNote={onNote}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  editor: Editor;
  region: Region;
  notes: Note[];
  bitmap: ImageBitmap | null;
  top: number;
  /** Of the whole list: only what is in sight is there. */
  place: { at: number; of: number };
  onNote: (note: Note) => void;
}

function factsOf(region: Region): string {
  const size = sizeOf(region);
  return [...(size ? [`${size[0]} × ${size[1]}`] : []), ...answersOf(region)].join(", ");
}

function Row({ editor, region, notes, bitmap, top, place, onNote }: RowProps) {
  const { t } = useTranslation("label");
  const describe = useRegionWords(editor);
  const selected = editor.selection.includes(region.id);
  const hovered = editor.stage.hover === region.id;
  const hidden = editor.isHidden(region.id);
  const locked = editor.isLocked(region.id);
  const found = classOf(editor.schema, region.class);
  const title = classTitle(editor.schema, region.class);
  const number = editor.numberOf(region.id);
  const issues = notes.filter((note) => note.kind === "issue" && note.issue.state === "open");
  const findings = notes.filter((note) => note.kind !== "issue");
  // After what is seen of the row; together they are its name.
  const more = [
    describe(region),
    ...(issues.length > 0 ? [t("issues.open", { count: issues.length })] : []),
    ...(findings.length > 0 ? [t("findings.open", { count: findings.length })] : []),
    ...(hidden ? [t("regions.isHidden")] : []),
    ...(locked ? [t("regions.isLocked")] : []),
  ].join(", ");
  const ids = [region.id];
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus and names the active option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox takes the arrow keys
    <div
      id={`region-${region.id}`}
      role="option"
      aria-selected={selected}
      aria-posinset={place.at}
      aria-setsize={place.of}
      className={["li rg", selected ? "on" : "", hovered ? "hov" : "", hidden ? "lw-dim" : ""].join(" ")}
      style={{ transform: `translateY(${top}px)` }}
      onPointerEnter={() => editor.setHover(region.id)}
      onPointerLeave={() => editor.setHover(null)}
      onClick={(event) => {
        const more = event.shiftKey || event.ctrlKey || event.metaKey;
        const rest = editor.selection.filter((id) => id !== region.id);
        editor.focus();
        editor.select(more ? (selected ? rest : [...rest, region.id]) : ids, { reveal: true });
      }}
      onDoubleClick={() => editor.reveal(ids)}
    >
      <Crop region={region} bitmap={bitmap} image={editor.image} color={found?.color ?? "#c4c4c4"} />
      <div style={{ minWidth: 0, flex: 1 }}>
        <div className="row g6">
          <Swatch color={found?.color ?? "#c4c4c4"} />
          <span className="m el">{title}</span>
          <span className="t3">{number}</span>
        </div>
        <div className="xs t3 el" aria-hidden="true">
          {factsOf(region)}
        </div>
        <span className="vh">{more}</span>
      </div>
      {(hovered || hidden) && (
        <span
          className="lw-act"
          aria-hidden="true"
          title={t(hidden ? "regions.show" : "regions.hide")}
          onClick={stopping(() => editor.setHidden(ids, !hidden))}
        >
          <Icon name={hidden ? "eye-off" : "eye"} size="s" />
        </span>
      )}
      {(hovered || locked) && (
        <span
          className="lw-act"
          aria-hidden="true"
          title={t(locked ? "regions.unlock" : "regions.lock")}
          onClick={stopping(() => editor.setLocked(ids, !locked))}
        >
          <Icon name="lock" size="s" />
        </span>
      )}
      {hovered && !editor.readOnly && !locked && (
        <span
          className="lw-act"
          aria-hidden="true"
          title={t("regions.delete")}
          onClick={stopping(() => editor.remove(ids))}
        >
          <Icon name="trash" size="s" />
        </span>
      )}
      {findings[0] && (
        <span
          className="lw-act warn"
          aria-hidden="true"
          title={t("findings.open", { count: findings.length })}
          onClick={stopping(() => findings[0] && onNote(findings[0]))}
        >
          <Icon name="alert" size="s" />
        </span>
      )}
      {issues[0]?.kind === "issue" && (
        <span
          className="pinb"
          aria-hidden="true"
          title={t("issues.open", { count: issues.length })}
          onClick={stopping(() => issues[0] && onNote(issues[0]))}
        >
          {issues[0].issue.number}
        </span>
      )}
    </div>
  );
}

const stopping = (run: () => void) => (event: { stopPropagation: () => void }) => {
  event.stopPropagation();
  run();
};
