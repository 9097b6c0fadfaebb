import type { Editor } from "@/engine/editor";
import type { Desk, Work } from "../label/work/desk";
import type { PageAction } from "../label/work/useLabelActions";
import type { Neighbour } from "../label/work/useNeighbours";
import type { Notes } from "../label/work/useNotes";
import type { RegionChange } from "./diff";
import type { Comparison, Versions } from "./useComparison";
import type { Marking } from "./useMarking";
import type { Judging } from "./useVerdict";

interface ActionsOf {
  editor: Editor;
  desk: Desk;
  work: Work | null;
  neighbours: { previous?: Neighbour; next?: Neighbour };
  editing: boolean;
  setEditing: (editing: boolean) => void;
  judging: Judging;
  comparison: Comparison;
  notes: Notes;
  marking: Marking;
  showChange: (change: RegionChange) => void;
  showKeys: () => void;
  focusNote: () => void;
}

const TURN: Record<Versions, Versions> = { before: "both", both: "after", after: "before" };

/** One key a verdict. While regions are edited, digits and F mean what they mean on the label page. */
export function reviewActions(of: ActionsOf): PageAction[] {
  const { editor, desk, work, neighbours, editing, setEditing, judging, comparison, notes } = of;
  const { previous, next } = neighbours;
  const open = () => Boolean(work?.session) && !judging.busy;
  const review = (id: string, keys: string[], run: () => void, enabled: () => boolean = open): PageAction => ({
    id: `review.${id}`,
    group: "review",
    keys,
    enabled,
    run,
  });
  return [
    {
      id: "task.previous",
      group: "task",
      keys: ["A"],
      enabled: () => previous !== undefined,
      run: () => previous && void desk.open(previous.id),
    },
    {
      id: "task.next",
      group: "task",
      keys: ["D"],
      enabled: () => next !== undefined || isFinished(work),
      run: () => void (next ? desk.open(next.id) : desk.next()),
    },
    review("accept", ["Y"], judging.accept),
    review("fix", ["F"], judging.fix),
    review("reject", ["X"], judging.reject),
    review("edit", ["E"], () => setEditing(!editing)),
    review(
      "versions",
      ["T"],
      () => comparison.setVersions(TURN[comparison.versions]),
      () => comparison.difference !== null,
    ),
    review("mark", ["M"], of.marking.startMark),
    review("note", ["/"], of.focusNote),
    ...judging.reasons.slice(0, 9).map((reason, index) =>
      review(
        `reason${index + 1}`,
        [`${index + 1}`],
        () => judging.toggle(reason),
        () => open() && !editing,
      ),
    ),
    {
      id: "comment.add",
      group: "region",
      keys: ["W"],
      active: () => editor.tool === "comment",
      run: of.marking.startIssue,
    },
    { id: "finding.next", group: "region", keys: ["."], enabled: () => notes.all.length > 0, run: notes.next },
    { id: "help.keys", group: "view", keys: ["?"], run: of.showKeys },
  ];
}

/** Work that one can only look at: judged before, or with somebody else now. */
export const isFinished = (work: Work | null) => work !== null && work.session === null && !work.coming;
