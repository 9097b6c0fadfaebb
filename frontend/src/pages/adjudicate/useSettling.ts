import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Editor } from "@/engine/editor";
import { readRegion } from "@/engine/scene/picker";
import { ops } from "@/engine/shapes";
import type { Decoration, ElementId, Region } from "@/engine/types";
import { showToast } from "@/ui";
import type { Work } from "../label/work/desk";
import { useEditorEvents } from "../label/work/hooks";
import {
  type Answers,
  agreedOf,
  type Choice,
  type Conflict,
  conflictsOf,
  isSettled,
  keepChoices,
  nextOpen,
  type Option,
  readChoices,
} from "./conflicts";

export function useAnswers(taskId: number | null) {
  return useQuery({
    queryKey: ["task-answers", taskId],
    enabled: taskId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => api.get<Answers>(`/tasks/${taskId}/answers`),
  });
}

export interface Settling {
  answers: Answers | null;
  conflicts: readonly Conflict[];
  agreed: readonly Region[];
  /** Agreed regions that are not in the draft: there was no consensus to begin from. */
  missing: readonly Region[];
  at: number;
  current: Conflict | null;
  choices: ReadonlyMap<string, Choice>;
  settled: (conflict: Conflict) => boolean;
  open: number;
  show: (at: number) => void;
  next: (step?: 1 | -1) => void;
  take: (option: Option, stay?: boolean) => void;
  none: () => void;
  takeAgreed: () => void;
  agreedShown: boolean;
  setAgreedShown: (shown: boolean) => void;
  /** The one answer that is shown while blinking. */
  only: string | null;
  blink: () => void;
}

/** Conflicts of the work in hand, and what the person has settled of them. */
export function useSettling(editor: Editor, work: Work | null, loaded: boolean): Settling {
  const { t } = useTranslation("adjudicate");
  const assignment = work?.doc.assignment.id ?? 0;
  const { data } = useAnswers(work && !work.coming ? work.doc.task.id : null);
  const answers = data ?? null;
  useEditorEvents(editor, "change");
  const conflicts = useMemo(() => (answers ? conflictsOf(answers) : []), [answers]);
  const agreed = useMemo(() => (answers ? agreedOf(answers) : []), [answers]);
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const [at, setAt] = useState(0);
  const [agreedShown, setAgreedShown] = useState(true);
  const [only, setOnly] = useState<string | null>(null);

  useEffect(() => {
    setChoices(readChoices(assignment));
    setAt(0);
    setOnly(null);
  }, [assignment]);
  const has = (id: ElementId) => editor.region(id) !== undefined;
  const settled = (conflict: Conflict) => isSettled(conflict, choices, has);
  const current = conflicts[at] ?? null;

  function choose(conflict: Conflict, choice: Choice): void {
    const after = new Map(choices).set(conflict.id, choice);
    setChoices(after);
    if (assignment) keepChoices(assignment, after);
  }

  const put = (region: Region) => writing(editor, () => editor.addRegions([region], t("take"))[0]);

  /** What was taken before gives way to what is taken now. */
  function clear(conflict: Conflict): void {
    const before = choices.get(conflict.id)?.region;
    if (before && has(before)) writing(editor, () => editor.remove([before]));
  }

  function goOn(conflict: Conflict): void {
    const next = nextOpen(conflicts, at, (one) => one.id === conflict.id || settled(one));
    show(next);
  }

  function show(place: number): void {
    setAt(place);
    const conflict = conflicts[place];
    const region = conflict?.options.at(-1)?.region;
    if (region && region.shape !== "tag") reveal(editor, region);
  }

  function take(option: Option, stay = false): void {
    if (!current || !work?.session) return;
    if (current.kind === "item") {
      writing(editor, () => editor.setAnswer(current.name, option.value as never));
      choose(current, { letter: option.letter, region: null });
      return goOn(current);
    }
    if (!option.region) return;
    clear(current);
    const made = put(option.region);
    if (!made) return void showToast({ tone: "bad", title: t("cannotTake") });
    choose(current, { letter: option.letter ?? "", region: made });
    if (stay) return;
    editor.select([]);
    goOn(current);
  }

  function none(): void {
    if (!current || !work?.session) return;
    clear(current);
    choose(current, { letter: null, region: null });
    goOn(current);
  }

  const missing = agreed.filter(({ id }) => !has(id) && choices.get(id) === undefined);
  function takeAgreed(): void {
    const after = new Map(choices);
    for (const region of missing) {
      const made = put(region);
      if (made) after.set(region.id, { letter: "", region: made });
    }
    editor.select([]);
    setChoices(after);
    if (assignment) keepChoices(assignment, after);
  }

  const letters = answers?.answers.map(({ letter }) => letter) ?? [];
  useOverlay({ editor, loaded, answers, conflicts, agreed, at, settled, only, agreedShown });
  return {
    answers,
    conflicts,
    agreed,
    missing: loaded ? missing : [],
    at,
    current,
    choices,
    settled,
    open: conflicts.filter((one) => !settled(one)).length,
    show,
    next: (step = 1) => conflicts.length > 0 && show((at + step + conflicts.length) % conflicts.length),
    take,
    none,
    takeAgreed,
    agreedShown,
    setAgreedShown,
    only,
    blink: () => setOnly(letters[only === null ? 0 : letters.indexOf(only) + 1] ?? null),
  };
}

/** While choosing, the canvas takes no strokes, and digits mean answers; what a choice makes is written all the same. */
function writing<T>(editor: Editor, run: () => T): T {
  const before = editor.stage.readOnly;
  editor.stage.readOnly = false;
  try {
    return run();
  } finally {
    editor.stage.readOnly = before;
  }
}

function reveal(editor: Editor, region: Region): void {
  const ghost = editor.regions().find(({ id }) => id === region.id);
  if (ghost) return editor.reveal([ghost.id]);
  const bounds = boundsOf(region);
  if (!bounds) return;
  const [first, last] = [
    editor.toScreen({ x: bounds[0], y: bounds[1] }),
    editor.toScreen({ x: bounds[2], y: bounds[3] }),
  ];
  const { width, height } = editor.stage.viewport;
  if (first.x >= 0 && first.y >= 0 && last.x <= width && last.y <= height) return; // it is in view as it is
  editor.reveal({ x: (bounds[0] + bounds[2]) / 2, y: (bounds[1] + bounds[3]) / 2 });
}

interface OverlayOf {
  editor: Editor;
  loaded: boolean;
  answers: Answers | null;
  conflicts: readonly Conflict[];
  agreed: readonly Region[];
  at: number;
  settled: (conflict: Conflict) => boolean;
  only: string | null;
  agreedShown: boolean;
}

/** Everybody's regions over the draft: of each open conflict all of them, each person in a hue and a dash; what is agreed
 * thin and grey. While blinking, all of one answer and nothing else. */
function useOverlay(of: OverlayOf): void {
  const { editor, loaded, answers, conflicts, agreed, at, settled, only, agreedShown } = of;
  const open = conflicts.map((one) => settled(one)).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `open` says which conflicts are settled
  useEffect(() => {
    if (!loaded || !answers) return;
    const people = new Map(answers.answers.map(({ letter }, person) => [letter, person]));
    const decorations = new Map<ElementId, Decoration>();
    const ghosts: Region[] = [];
    const add = (region: Region, letter: string, number?: number) => {
      const ghost = Object.freeze({ ...region, id: `answer:${letter}:${region.id}` }) as Region;
      ghosts.push(ghost);
      const person = people.get(letter) ?? 0;
      decorations.set(ghost.id, { kind: "conflict", person, ...(number === undefined ? {} : { number }) });
    };
    if (only !== null) {
      for (const region of everythingOf(answers, only)) add(region, only);
    } else
      conflicts.forEach((conflict, place) => {
        if (settled(conflict) && place !== at) return;
        for (const { letter, region } of conflict.options) if (letter !== null && region) add(region, letter);
      });
    for (const { id } of agreed) decorations.set(id, { kind: "agreed" });
    editor.setHidden(
      editor.regions().map(({ id }) => id),
      only !== null,
    );
    const kept = agreed.flatMap(({ id }) => (editor.region(id) ? [id] : []));
    if (only === null) editor.setHidden(kept, !agreedShown);
    editor.setDecorations(decorations);
    editor.setGhosts(ghosts);
  }, [editor, loaded, answers, conflicts, agreed, at, open, only, agreedShown]);
}

function everythingOf(answers: Answers, letter: string): Region[] {
  const answer = answers.answers.find((one) => one.letter === letter);
  return (answer?.regions ?? []).flatMap((raw) => readRegion(raw as never) ?? []);
}

function boundsOf(region: Region): readonly [number, number, number, number] | null {
  return region.shape === "tag" ? null : ops.bounds(region);
}
