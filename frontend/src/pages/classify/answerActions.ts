import type { PageAction } from "../label/work/useLabelActions";
import type { AnswerOption } from "./questions";

interface Answering {
  /** A person has the work in their hands. */
  isOpen: () => boolean;
  canTakeBack: () => boolean;
  answer: (value: AnswerOption["value"]) => void;
  takeBack: () => void;
  goOn: () => void;
}

const KEYS = "1234567890".split("");

/** One key an answer, in the order of the question's options; with `options` null all that there can be. */
export function answerActions(of: Answering, options: readonly AnswerOption[] | null): PageAction[] {
  const places = options === null ? KEYS.map((key) => ({ key, value: key })) : options.slice(0, KEYS.length);
  return [
    ...places.map(
      ({ key, value }): PageAction => ({
        id: `answer.${key}`,
        group: "answer",
        keys: [key],
        enabled: of.isOpen,
        run: () => of.answer(value),
      }),
    ),
    { id: "answer.takeBack", group: "answer", keys: ["Backspace"], enabled: of.canTakeBack, run: of.takeBack },
    { id: "answer.goOn", group: "answer", keys: ["Enter"], enabled: of.isOpen, run: of.goOn },
  ];
}
