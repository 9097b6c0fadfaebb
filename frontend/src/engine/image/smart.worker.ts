import type { Crop } from "../smart/pieces";
import { type FirstAnswer, type Found, type Question, Segmenter } from "../smart/segmenter";
import type { WireField } from "../smart/wire";
import type { ImageSize } from "../types";

export type SmartTask =
  | { readonly kind: "crop"; readonly crop: Crop; readonly image: ImageSize; readonly edges: boolean }
  | { readonly kind: "ask"; readonly id: number; readonly question: Question }
  | { readonly kind: "exact"; readonly id: number; readonly crop: Crop }
  | { readonly kind: "wire"; readonly id: number; readonly from: readonly [number, number] };

export type SmartResult =
  | ({ readonly kind: "first"; readonly id: number } & FirstAnswer)
  | { readonly kind: "exact"; readonly id: number; readonly found: Found | null }
  | { readonly kind: "wire"; readonly id: number; readonly field: WireField };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<SmartTask>) => void;
  postMessage: (result: SmartResult) => void;
};

let segmenter: Segmenter | null = null;
let warm = false;

/** Before the first question. The very first answer of a worker is slow, since its code is cold: nobody waits for this one. */
function prepare(fresh: Segmenter): void {
  fresh.prepare();
  if (warm) return;
  warm = true;
  const { x, y, w, h, scale } = fresh.crop;
  const middle = [x + (w * scale) / 2, y + (h * scale) / 2] as const;
  fresh.first({ method: "cut", tolerance: 0, prompts: [{ kind: "click", at: middle, inside: true }] });
}

scope.onmessage = ({ data }) => {
  if (data.kind === "crop") {
    segmenter = new Segmenter(data.crop, data.image);
    if (!data.edges) prepare(segmenter);
  } else if (!segmenter) return;
  else if (data.kind === "ask") scope.postMessage({ kind: "first", id: data.id, ...segmenter.first(data.question) });
  else if (data.kind === "exact") scope.postMessage({ kind: "exact", id: data.id, found: segmenter.exact(data.crop) });
  else scope.postMessage({ kind: "wire", id: data.id, field: segmenter.wire(data.from) });
};
