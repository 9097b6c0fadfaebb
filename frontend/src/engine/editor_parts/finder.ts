import type { Editor } from "../editor";
import type { Prompt } from "../smart/prompts";
import { outlineOfMask } from "../smart/segmenter";
import type { SmartAnswer, SmartRequest } from "../tools";
import type { GeometryOf } from "../types";

/** Something outside of the engine that finds objects: a model behind the server. */
export interface Finder {
  /** How regions name it. */
  readonly source: string;
  /** The object that prompts speak of, or null; rejects where it cannot say.
   *
   * @param words name of the class that is drawn; "" without one. */
  find(prompts: readonly Prompt[], signal: AbortSignal, words: string): Promise<GeometryOf["mask"] | null>;
}

interface Picture {
  segment(request: SmartRequest | null): void;
}

/** Where the smart tool's questions go: to the model where that is asked, else to the picture itself. A newer question
 * calls the older off. */
export class Finding {
  private finder: Finder | null = null;
  private stop: AbortController | null = null;

  constructor(private readonly editor: Editor) {}

  /** A model that may be asked from now on, or none. */
  use(finder: Finder | null): void {
    const { editor } = this;
    this.finder = finder;
    editor.stage.model = finder?.source ?? null;
    editor.emit("options", editor.options);
  }

  ask(request: SmartRequest | null, picture: Picture | null): void {
    this.stop?.abort();
    this.stop = null;
    if (!request) this.editor.stage.field = null;
    if (request?.kind === "object" && request.question.method === "model" && this.finder)
      void this.find(this.finder, request.id, request.question.prompts);
    else picture?.segment(request);
  }

  answered(answer: SmartAnswer): void {
    if (answer.kind === "found") return this.editor.handle({ type: "answer", answer });
    this.editor.stage.field = answer.field;
    this.editor.handle({ type: "option" });
  }

  private async find(finder: Finder, id: number, prompts: readonly Prompt[]): Promise<void> {
    const stop = new AbortController();
    this.stop = stop;
    const { classes, currentClass } = this.editor.stage;
    const words = (currentClass !== null && classes.get(currentClass)?.name) || "";
    const mask = await finder.find(prompts, stop.signal, words).catch(() => undefined);
    if (stop.signal.aborted) return;
    if (mask === undefined) this.editor.emit("say", { key: "modelFailed" });
    const parts = mask ? outlineOfMask(mask) : [];
    const found = mask === undefined ? null : { mask, parts, source: finder.source };
    this.answered({ kind: "found", id, found, last: true });
  }
}
