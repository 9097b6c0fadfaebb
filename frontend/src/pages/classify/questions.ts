import type { AttributeValue, LabelSchema, SchemaAttribute } from "@/engine/types";
import { isAnswered, isAsked } from "../label/work/words";

/** The schema has nothing to draw, only questions about the image as a whole. */
export function asksOnlyTheItem(schema: LabelSchema): boolean {
  const draws = schema.classes.some((one) => !one.archived && one.shapes.length > 0);
  return !draws && (schema.item_attributes?.length ?? 0) > 0;
}

export interface AnswerOption {
  value: string | boolean;
  /** The key that gives it. */
  key: string;
}

const KEYS = "1234567890".split("");
const YES_NO: AnswerOption[] = [
  { value: true, key: "1" },
  { value: false, key: "2" },
];

/** Answers with their keys; further ones than ten are chosen with the pointer. */
export function optionsOf(attribute: SchemaAttribute): AnswerOption[] {
  if (attribute.kind === "boolean") return YES_NO;
  return (attribute.options ?? []).map((value, index) => ({ value, key: KEYS[index] ?? "" }));
}

export type Answers = Readonly<Record<string, AttributeValue>>;

export function questionsOf(schema: LabelSchema, answers: Answers): SchemaAttribute[] {
  return (schema.item_attributes ?? []).filter((one) => isAsked(one, answers));
}

/** The first question without an answer; null when all are answered. */
export function openQuestion(schema: LabelSchema, answers: Answers): SchemaAttribute | null {
  return questionsOf(schema, answers).find((one) => !isAnswered(answers[one.name])) ?? null;
}

/** Whether one key answers and goes on: text, numbers and several answers wait for Enter. */
export function answersAtOnce(attribute: SchemaAttribute): boolean {
  return attribute.kind === "select" || attribute.kind === "boolean";
}
