import type { Desk, Work } from "../label/work/desk";
import type { PageAction } from "../label/work/useLabelActions";
import type { Neighbour } from "../label/work/useNeighbours";
import type { Ending } from "./ConflictPanel";
import type { Settling } from "./useSettling";

interface ActionsOf {
  desk: Desk;
  work: Work | null;
  settling: Settling;
  ending: Ending;
  neighbours: { previous?: Neighbour; next?: Neighbour };
  editing: boolean;
  setEditing: (editing: boolean) => void;
  edit: () => void;
  showKeys: () => void;
}

const MOST_KEYS = 9;

/** One key an answer. While regions are edited, digits mean classes as on the label page. */
export function adjudicateActions(of: ActionsOf): PageAction[] {
  const { desk, work, settling, ending, neighbours, editing, setEditing } = of;
  const { previous, next } = neighbours;
  const open = () => Boolean(work?.session) && !ending.busy;
  const choosing = () => open() && !editing && settling.current !== null;
  const act = (id: string, keys: string[], run: () => void, enabled: () => boolean = choosing): PageAction => ({
    id: `adjudicate.${id}`,
    group: "adjudicate",
    keys,
    enabled,
    run,
  });
  const takes = Array.from({ length: MOST_KEYS }, (_, place) =>
    act(
      `take${place + 1}`,
      [`${place + 1}`],
      () => {
        const option = settling.current?.options[place];
        if (option) settling.take(option);
      },
      () => choosing() && place < (settling.current?.options.length ?? 0),
    ),
  );
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
      enabled: () => next !== undefined || work?.session === null,
      run: () => void (next ? desk.open(next.id) : desk.next()),
    },
    { id: "task.submit", group: "task", keys: ["Mod+Enter"], enabled: open, run: ending.finish },
    { id: "task.skip", group: "task", keys: ["Mod+Space"], enabled: open, run: ending.skip },
    ...takes,
    act("none", ["0"], settling.none),
    act("edit", ["E"], of.edit, () => choosing() && settling.current?.kind === "region"),
    act("draw", ["Shift+D"], () => setEditing(!editing), open),
    act(
      "next",
      ["."],
      () => settling.next(),
      () => settling.conflicts.length > 0,
    ),
    act(
      "previous",
      [","],
      () => settling.next(-1),
      () => settling.conflicts.length > 0,
    ),
    act(
      "agreed",
      ["H"],
      () => settling.setAgreedShown(!settling.agreedShown),
      () => !editing && settling.agreed.length > 0,
    ),
    act("blink", ["O"], settling.blink, () => settling.answers !== null),
    { id: "help.keys", group: "view", keys: ["?"], run: of.showKeys },
  ];
}
