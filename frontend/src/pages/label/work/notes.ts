import type { Schemas } from "@/api/types";
import type { Editor } from "@/engine/editor";
import { ops } from "@/engine/shapes";
import { defectOf, isDefect } from "@/engine/shapes/repair";
import type { FindingMark, Pin, Region } from "@/engine/types";
import type { Miss } from "./misses";

export type Finding = Schemas["Finding"];
export type Mark = Schemas["MarkOut"];
export type Issue = Schemas["IssueOut"];

/** Something to look at on the canvas: what a reviewer marked, what a check says, what somebody asked, what may be missing, and
 * what a tracker was not sure of. */
export type Note =
  | { readonly kind: "mark"; readonly id: string; readonly mark: Mark }
  | { readonly kind: "finding"; readonly id: string; readonly finding: Finding }
  | { readonly kind: "issue"; readonly id: string; readonly issue: Issue }
  | { readonly kind: "miss"; readonly id: string; readonly miss: Miss }
  | { readonly kind: "astray"; readonly id: string; readonly element: string };

/** A defect is one of its region, whoever found it first: the canvas at once or the server with the save. */
export function findingId(finding: Finding): string {
  if (finding.element && isDefect(finding.code)) return [finding.code, finding.element].join("|");
  return [finding.rule, finding.code, finding.element ?? "", finding.other ?? "", finding.at ?? ""].join("|");
}

/** New findings about `elements` replace what was said about these before; those of elements that are gone go too. */
export function mergeFindings(
  before: readonly Finding[],
  fresh: readonly Finding[],
  elements: readonly string[],
  exists: (id: string) => boolean,
): Finding[] {
  const judged = new Set(elements);
  const kept = before.filter((finding) => {
    // About the whole image: `at` names the question, and an answer is an element of that name.
    if (!finding.element) return !judged.has(finding.at ?? "");
    if (!exists(finding.element)) return false;
    if (finding.other && !exists(finding.other)) return false;
    return !judged.has(finding.element) && !(finding.other && judged.has(finding.other));
  });
  const known = new Map(kept.map((finding) => [findingId(finding), finding]));
  for (const finding of fresh) known.set(findingId(finding), finding);
  return [...known.values()];
}

/** What is wrong with the outlines that a hand just drew or changed, told before the server has seen them. */
export function defectsOf(editor: Editor, regions: readonly Region[]): Finding[] {
  return regions.flatMap((region) => {
    if (region.shape === "mask") return []; // made of pixels of the image, and never without one
    const code = defectOf(region, editor.image, editor.stage.amodal);
    if (code === null || code === "repeated_point") return [];
    return [{ rule: code, code, detail: "", severity: "warning", element: region.id } as Finding];
  });
}

/** Fresh defects in the place of what was known of these regions; what else is known of them stays. */
export function mergeDefects(
  before: readonly Finding[],
  fresh: readonly Finding[],
  elements: readonly string[],
): readonly Finding[] {
  const judged = new Set(elements);
  const kept = before.filter(({ code, element }) => !(element && judged.has(element) && isDefect(code)));
  return kept.length === before.length && !fresh.length ? before : [...kept, ...fresh];
}

/** That a class is often confused is told once a task, not at each of its regions. */
function toldOnce(findings: readonly Finding[]): readonly Finding[] {
  const told = new Set<unknown>();
  return findings.filter(({ code, values }) => {
    if (code !== "class_confusion") return true;
    const first = !told.has(values?.class_id);
    told.add(values?.class_id);
    return first;
  });
}

export function notesOf(marks: readonly Mark[], findings: readonly Finding[], issues: readonly Issue[]): Note[] {
  return [
    ...marks.map((mark): Note => ({ kind: "mark", id: `mark:${mark.id}`, mark })),
    ...toldOnce(findings).map((finding): Note => ({ kind: "finding", id: findingId(finding), finding })),
    ...issues.map((issue): Note => ({ kind: "issue", id: `issue:${issue.id}`, issue })),
  ];
}

/** The region a note is about, or the point, or null for the whole image. */
export function placeOf(note: Note): { element: string } | { x: number; y: number } | null {
  if (note.kind === "miss") {
    const [, y, x] = ops.bounds(note.miss.region);
    return { x, y };
  }
  if (note.kind === "astray") return { element: note.element };
  if (note.kind === "finding") {
    const { element, x, y } = note.finding;
    if (element) return { element };
    return x != null && y != null ? { x, y } : null;
  }
  const { element, point } = note.kind === "mark" ? note.mark : note.issue;
  if (element) return { element };
  return point ?? null;
}

export function pinsOf(notes: readonly Note[]): Pin[] {
  return notes.flatMap((note): Pin[] => {
    const at = placeOf(note);
    if (!at || note.kind === "finding" || note.kind === "astray") return [];
    if (note.kind === "miss") return [{ id: note.id, at, label: "?" }];
    if (note.kind === "mark") return [{ id: note.id, at, label: "!" }];
    return [{ id: note.id, at, label: String(note.issue.number), resolved: note.issue.state === "resolved" }];
  });
}

export function badgesOf(notes: readonly Note[]): FindingMark[] {
  return notes.flatMap((note) => {
    if (note.kind === "astray") return [{ id: note.id, element: note.element }];
    return note.kind === "finding" && note.finding.element ? [{ id: note.id, element: note.finding.element }] : [];
  });
}
