import type { Editor } from "@/engine/editor";
import type { Desk, Work } from "./desk";
import type { MissCommands } from "./missCommands";
import type { PageAction } from "./useLabelActions";
import type { LabelCommands } from "./useLabelCommands";
import type { Neighbour } from "./useNeighbours";
import type { Notes } from "./useNotes";
import type { Repeating } from "./useRepeating";

interface ActionsOf {
  editor: Editor;
  desk: Desk;
  work: Work | null;
  notes: Notes;
  commands: LabelCommands;
  missed?: MissCommands;
  repeating?: Repeating;
  neighbours: { previous?: Neighbour; next?: Neighbour };
  showKeys: () => void;
  showGuideline: () => void;
}

/** Everything the label page adds to the canvas' own keys. */
export function labelActions(of: ActionsOf): PageAction[] {
  return [...taskActions(of), ...noteActions(of), ...helpActions(of)];
}

function taskActions({ desk, work, commands, neighbours, repeating }: ActionsOf): PageAction[] {
  const open = () => Boolean(work?.session) && !commands.busy;
  const { previous, next } = neighbours;
  const repeatable = () => open() && (repeating?.possible() ?? false);
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
    task("repeatRegions", ["Shift+R"], () => repeating?.repeat(), repeatable),
    task("repeatInPlace", [], () => repeating?.inPlace(), repeatable),
  ];
}

function noteActions({ editor, notes, commands, missed, repeating }: ActionsOf): PageAction[] {
  const { current } = notes;
  const astray = current?.kind === "astray" ? current.element : null;
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
      enabled: () => canKeep || miss !== null || astray !== null,
      run: () => {
        if (miss) missed?.keep(miss);
        else if (astray) repeating?.liesRight(astray);
        else if (current) notes.keep(current);
      },
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
