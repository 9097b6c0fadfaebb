import type { Editor } from "@/engine/editor";
import type { ElementRow, LabelSchema, Prediction, Region } from "@/engine/types";
import { followBlobs } from "./blobs";
import type { ClaimDocument, Work } from "./desk";
import { decoded, sourceOf } from "./pictures";
import { rememberRegions } from "./repeating";

export const schemaOf = (doc: ClaimDocument): LabelSchema => doc.schema.body as unknown as LabelSchema;

/** The work that one editor holds: its document and, where it is decoded, its picture, in one step; every change goes
 * into the work's session. */
export class OnCanvas {
  work: Work | null = null;
  private asset: number | null = null;
  private stops: (() => void)[] = [];

  constructor(
    private readonly editor: Editor,
    private readonly readOnly: boolean,
  ) {}

  /** Take this work instead of what is there; says whether it was another one. */
  put(work: Work | null): boolean {
    if (work === this.work) return false;
    this.leave();
    this.work = work;
    if (work) this.load(work);
    return true;
  }

  private load(work: Work): void {
    const { editor } = this;
    const { asset, project } = work.doc;
    const bitmap = decoded(asset.urls.preview);
    if (editor.view.levels) editor.setView({ levels: null });
    editor.load({
      image: bitmap ? sourceOf(asset, bitmap) : { width: asset.width, height: asset.height },
      elements: work.left?.elements ?? work.elements,
      removed: work.left?.removed ?? work.removed,
      steps: work.left?.steps ?? work.session?.steps ?? undefined,
      // A coming task may have been looked at closely, and a region of it chosen, before the task itself was here.
      samePicture: this.asset === asset.id,
      schema: schemaOf(work.doc),
      readOnly: this.readOnly || !work.session,
      amodal: project.amodal,
      semantic: project.semantic,
    });
    this.asset = asset.id;
    const predictions = predictionsOf(work.doc);
    if (predictions.length) editor.setPredictions(predictions);
    this.stops = [
      followBlobs(editor, project.id),
      editor.on("change", (diff) => {
        if (diff.origin === "user") work.touched = true;
        work.session?.applyDiff(diff);
      }),
      editor.on("history", () => work.session?.keep(editor.finishedSteps)),
    ];
  }

  private leave(): void {
    for (const stop of this.stops.splice(0)) stop();
    const { work, editor } = this;
    if (!work?.session) return;
    work.left = { elements: rowsOn(editor, work), removed: editor.removed(), steps: editor.steps };
    rememberRegions(work.doc, editor.regions());
  }
}

function predictionsOf(doc: ClaimDocument): Prediction[] {
  return doc.predictions.flatMap((prediction) =>
    prediction.elements.flatMap((row) => {
      if (row.kind !== "region") return [];
      const region = row.element as unknown as Region & { score?: number | null };
      return [{ id: `${prediction.id}:${region.id}`, region, score: region.score ?? null }];
    }),
  );
}

/** The document as the canvas has it now; what it cannot show is as it came. */
function rowsOn(editor: Editor, work: Work): ElementRow[] {
  const rows = work.left?.elements ?? work.elements;
  const known = new Map(rows.map((row) => [row.element.id, row]));
  const unknown = new Set(editor.unknown().map(({ id }) => id));
  const answers = Object.entries(editor.answers());
  return [
    ...rows.filter((row) => row.kind !== "answer" && (row.kind !== "region" || unknown.has(row.element.id))),
    ...editor.regions().map((region) => ({ version: 0, ...known.get(region.id), kind: "region", element: region })),
    ...answers.map(([id, value]) => ({ version: 0, ...known.get(id), kind: "answer", element: { id, value } })),
  ] as ElementRow[];
}
