import { PEOPLE } from "@/engine/render/style";
import type { Answers } from "./conflicts";

export const SUGGESTED = "#35d07f"; // what the answers have in common
export const DASHES = ["", "7 3", "2 2"] as const;

/** The hue of a person on this task, as the canvas draws their regions. */
export function colorOfPerson(answers: Answers | null, letter: string): string {
  const place = answers?.answers.findIndex((answer) => answer.letter === letter) ?? 0;
  return PEOPLE[Math.max(0, place) % PEOPLE.length]!;
}
