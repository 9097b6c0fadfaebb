import { fitBounds } from "../camera/camera";
import { type Bits, bitAt } from "../geometry/bits";
import { maskWith } from "../scene/pixels";
import type { ClassId } from "../types";
import { EditorPainting } from "./painting";

const ROOM = 80; // CSS pixels around a gap that is shown
const CLOSEST = 8; // screen pixels an image pixel: a small gap is not shown larger

/** Unlabelled pixels of a semantic project: their share, the way from one gap to the next, and filling them. */
export abstract class EditorGaps extends EditorPainting {
  private gap: { bits: Bits; version: number } | null = null;
  /** Pixels of gaps shown since the document last changed. */
  private walked: { seen: Uint8Array; version: number } | null = null;

  protected openLabelMap(): void {
    const { stage } = this;
    const classes = stage.schema.classes.map(({ id }) => id);
    stage.labelMap.open(stage.semantic ? stage.image : null, () => stage.scene.regions(), classes);
  }

  masksArrived(): void {
    this.openLabelMap();
    this.damage.regions();
    this.events.emit("view", this.stage.view);
  }

  /** Labelled share of the image, 0 to 1; null outside semantic projects. */
  coverage(): number | null {
    const { labelMap, semantic } = this.stage;
    return semantic && labelMap.on ? 1 - labelMap.unlabelled / (labelMap.width * labelMap.height) : null;
  }

  /** The image of a semantic project has more pixels than can be kept count of here: gaps are neither shown nor found. */
  get tooLargeToCount(): boolean {
    return this.stage.semantic && !this.stage.labelMap.on;
  }

  /** Show the next gap, in reading order; after the last the first again. */
  nextGap(): void {
    const { labelMap } = this.stage;
    if (this.tooLargeToCount) return this.events.emit("say", { key: "gapsTooLarge" });
    if (this.walked?.version !== labelMap.version)
      this.walked = { seen: new Uint8Array(labelMap.data.length), version: labelMap.version };
    let bits = labelMap.gapFrom(0, this.walked.seen);
    if (!bits) {
      this.walked.seen.fill(0);
      bits = labelMap.gapFrom(0);
    }
    this.gap = bits && { bits, version: labelMap.version };
    if (!bits) return this.events.emit("say", { key: "noGaps" });
    for (let row = 0; row < bits.h; row++)
      for (let column = 0; column < bits.w; column++)
        if (bits.data[row * bits.w + column]) this.walked.seen[(bits.y + row) * labelMap.width + bits.x + column] = 1;
    const box = [bits.x, bits.y, bits.x + bits.w, bits.y + bits.h] as const;
    this.moveTo(fitBounds(this.stage.camera, [...box], this.stage.viewport, ROOM, CLOSEST));
    this.setView({ gaps: true });
  }

  /** The gap under the pointer, else the one shown last. */
  private chosenGap(): Bits | null {
    const { labelMap, pointer } = this.stage;
    const shown = this.gap?.version === labelMap.version ? this.gap.bits : null;
    if (!pointer || (shown && bitAt(shown, pointer.x, pointer.y))) return shown;
    const [x, y] = [Math.floor(pointer.x), Math.floor(pointer.y)];
    const inside = x >= 0 && y >= 0 && x < labelMap.width && y < labelMap.height;
    return (inside ? labelMap.gapAt(y * labelMap.width + x) : null) ?? shown;
  }

  fillGap(): void {
    if (this.tooLargeToCount) return this.events.emit("say", { key: "gapsTooLarge" });
    const gap = this.chosenGap();
    if (gap) this.paint(gap, false);
    else this.events.emit("say", { key: "noGapHere" });
  }

  fillGapNearest(): void {
    if (this.tooLargeToCount) return this.events.emit("say", { key: "gapsTooLarge" });
    const gap = this.chosenGap();
    if (!gap) return this.events.emit("say", { key: "noGapHere" });
    const parts = this.stage.labelMap.nearest(gap);
    if (!parts.size) return this.events.emit("say", { key: "nothingNear" });
    this.change("fillGap", (put) => {
      for (const [id, bits] of parts) this.putPart(id, bits, put);
    });
  }

  private putPart(id: ClassId, bits: Bits, put: Parameters<Parameters<typeof this.change>[1]>[0]): void {
    const geometry = maskWith(bits);
    if (geometry)
      put(Object.freeze({ id: this.newId(), class: id, shape: "mask", geometry, attributes: this.defaults(id) }));
  }
}
