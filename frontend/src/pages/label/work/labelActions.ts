import type { Editor } from "@/engine/editor";
import type { Region } from "@/engine/types";
import type { Desk, Work } from "./desk";
import type { MissCommands } from "./missCommands";
import type { PageAction } from "./useLabelActions";
import type { LabelCommands } from "./useLabelCommands";
import type { Neighbour } from "./useNeighbours";
import type { Notes } from "./useNotes";

interface ActionsOf {
  editor: Editor;
  desk: Desk;
  work: Work | null;
  notes: Notes;
  commands: LabelCommands;
  missed?: MissCommands;
  neighbours: { previous?: Neighbour; next?: Neighbour };
  showKeys: () => void;
  showGuideline: () => void;
}

/** The regions of the task that was left last in this tab, for Shift R. */
const left: { task: number; regions: readonly Region[] }[] = [];

export function rememberRegions(task: number, regions: readonly Region[]): void {
  if (regions.length === 0) return;
  left.splice(0, left.length, ...left.filter((one) => one.task !== task).slice(-1), { task, regions });
}

/** Everything the label page adds to the canvas' own keys. */
export function labelActions(of: ActionsOf): PageAction[] {
  return [...taskActions(of), ...noteActions(of), ...helpActions(of)];
}

function taskActions({ editor, desk, work, commands, neighbours }: ActionsOf): PageAction[] {
  const open = () => Boolean(work?.session) && !commands.busy;
  const { previous, next } = neighbours;
  const last = () => left.findLast((one) => one.task !== work?.doc.task.id)?.regions;
  const task = (id: string, keys: string[], run: () => void, enabled: () => boolean = open): PageAction => ({
    id: `task.${id}`,
    group: "task",
    keys,
    enabled,
    run,
  });
  return [
    task("submit", ["Mod+Enter"], commands.submit),
    task("skip", ["Mod+Space"], commands.skip),
    task("empty", ["Shift+E"], commands.empty),
    task("park", [], commands.park),
    task(
      "previous",
      ["A"],
      () => previous && void desk.open(previous.id),
      () => previous !== undefined,
    ),
    task(
      "next",
      ["D"],
      () => void (next ? desk.open(next.id) : desk.next()),
      () => next !== undefined || (work !== null && work.session === null && !work.coming),
    ),
    task(
      "repeatRegions",
      ["Shift+R"],
      () => void editor.addRegions(last() ?? [], "repeat"),
      () => open() && last() !== undefined,
    ),
  ];
}

function noteActions({ editor, notes, commands, missed }: ActionsOf): PageAction[] {
  const { current } = notes;
  const miss = current?.kind === "miss" ? current.miss : null;
  const repair = miss ? { run: () => missed?.add(miss) } : current ? commands.repairOf(current) : undefined;
  const canKeep = current?.kind === "finding" && !current.finding.blocks;
  return [
    { id: "finding.next", group: "region", keys: ["."], enabled: () => notes.all.length > 0, run: notes.next },
    {
      id: "finding.repair",
      group: "region",
      keys: ["F"],
      enabled: () => repair !== undefined,
      run: () => repair?.run(),
    },
    {
      id: "finding.keep",
      group: "region",
      keys: ["Shift+F"],
      enabled: () => canKeep || miss !== null,
      run: () => (miss ? missed?.keep(miss) : current && notes.keep(current)),
    },
    {
      id: "finding.refuse",
      group: "region",
      keys: ["Shift+N"],
      enabled: () => miss !== null,
      run: () => miss && missed?.refuse(miss),
    },
    {
      id: "comment.add",
      group: "region",
      keys: ["W"],
      active: () => editor.tool === "comment",
      run: commands.comment,
    },
  ];
}

function helpActions({ showKeys, showGuideline }: ActionsOf): PageAction[] {
  return [
    { id: "help.keys", group: "view", keys: ["?"], run: showKeys },
    { id: "help.guideline", group: "view", keys: [], run: showGuideline },
  ];
}
