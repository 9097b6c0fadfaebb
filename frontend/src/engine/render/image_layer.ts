import { type Camera, matrixOf, START, type Viewport, visibleBounds } from "../camera/camera";
import type { Bounds } from "../geometry/boxes";
import { applyLevels, type ImageSource } from "../image/source";
import type { Crop } from "../smart/pieces";
import type { Stage } from "../stage";
import type { Levels } from "../types";
import type { Context } from "./draw";
import { TileLayer, type Viewer } from "./tile_layer";
import type { ToneFilter } from "./tone_filter";

const PIXELATED_FROM = 3; // CSS pixels an image pixel: from here on single pixels are shown as they are
const SMALLEST_LEVEL = 256; // pixels: mip levels below this are not worth keeping
const AT_ONCE = 2_000_000; // pixels: of a larger picture one level is made a frame

/** Where the picture is looked at from: the canvas itself, or the loupe. */
export interface Sight {
  readonly camera: Camera;
  readonly viewport: Viewport;
}

type Level = { readonly bitmap: CanvasImageSource; readonly scale: number };

/** The picture with halves, quarters … of it, so that a frame never scales more pixels than it shows. */
export class ImageLayer {
  private source: ImageSource | null = null;
  private levels: Level[] = [];
  /** Makes the levels that are not there yet. */
  private coming: Iterator<Level> | null = null;
  private shownLevels: Levels | null = null;
  private tiles: TileLayer | null = null;
  /** The CSS filter that shows the picture as the view asks. */
  filter = "";

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly stage: Stage,
    private readonly tone: ToneFilter,
    /** A piece of the picture came: paint again. */
    private readonly arrived: () => void,
  ) {}

  /** The source, its 16-bit window, brightness or contrast changed. */
  refresh(): void {
    const { source, view } = this.stage;
    const wanted = source?.kind === "raw16" ? (view.levels ?? source.levels) : null;
    if (source !== this.source || wanted !== this.shownLevels) {
      this.source = source;
      this.shownLevels = wanted;
      this.tiles?.dispose();
      this.tiles = source?.kind === "tiles" ? new TileLayer(source, this.arrived) : null;
      this.levels = [];
      this.coming = source && source.kind !== "tiles" ? levelsOf(source, wanted) : null;
      this.halve(source && source.width * source.height > AT_ONCE ? 1 : Number.POSITIVE_INFINITY);
    }
    const plain = view.brightness === 1 && view.contrast === 1;
    const light = plain ? "" : `brightness(${view.brightness}) contrast(${view.contrast})`;
    const few = source?.kind === "tiles" ? source.preview : (this.levels.at(-1)?.bitmap ?? null);
    this.filter = [this.tone.css(view, few), light].filter(Boolean).join(" ");
    if (this.canvas.style.filter !== this.filter) this.canvas.style.filter = this.filter;
  }

  /** Make one more level of a large picture. */
  step(): void {
    this.halve(1);
    if (this.complete) this.refresh();
  }

  private halve(levels: number): void {
    for (let made = 0; this.coming && made < levels; made++) {
      const next = this.coming.next();
      if (next.done) this.coming = null;
      else this.levels.push(next.value);
    }
  }

  get complete(): boolean {
    return this.coming === null;
  }

  draw(
    ctx: Context | OffscreenCanvasRenderingContext2D,
    ratio: number,
    sight?: Sight,
    by: Viewer = sight ? "loupe" : "canvas",
  ): void {
    const { camera, viewport } = sight ?? this.stage;
    const { image } = this.stage;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    const smooth = camera.zoom < PIXELATED_FROM;
    if (this.tiles) return this.tiles.draw(ctx, { camera, viewport }, ratio, smooth, by);
    const level = this.pick(camera.zoom * ratio);
    if (!level) return;
    const m = matrixOf(camera);
    ctx.setTransform(m[0] * ratio, m[1] * ratio, m[2] * ratio, m[3] * ratio, m[4] * ratio, m[5] * ratio);
    ctx.imageSmoothingEnabled = smooth;
    ctx.imageSmoothingQuality = "low";
    // Only what is seen: the source rectangle is cut to the viewport.
    const seen = visibleBounds(camera, viewport, 2);
    const x0 = Math.max(0, Math.floor(seen[0]));
    const y0 = Math.max(0, Math.floor(seen[1]));
    const x1 = Math.min(image.width, Math.ceil(seen[2]));
    const y1 = Math.min(image.height, Math.ceil(seen[3]));
    if (x1 <= x0 || y1 <= y0) return;
    const s = level.scale;
    ctx.drawImage(level.bitmap, x0 * s, y0 * s, (x1 - x0) * s, (y1 - y0) * s, x0, y0, x1 - x0, y1 - y0);
  }

  /** Pixels of a part of the image as delivered, `scale` image pixels a sample; null where there is no picture yet. Of a
   * picture in tiles it has those that are here. */
  sample(bounds: Bounds, scale: number): Crop | null {
    const w = Math.max(1, Math.round((bounds[2] - bounds[0]) / scale));
    const h = Math.max(1, Math.round((bounds[3] - bounds[1]) / scale));
    if (!this.tiles && !this.levels.length) return null;
    const pen = new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true });
    if (!pen) return null;
    const camera: Camera = { ...START, zoom: 1 / scale, x: -bounds[0] / scale, y: -bounds[1] / scale };
    this.draw(pen, 1, { camera, viewport: { width: w, height: h } }, "sample");
    return { x: bounds[0], y: bounds[1], scale, w, h, rgba: pen.getImageData(0, 0, w, h).data };
  }

  forgetLoupe(): void {
    this.tiles?.forgetLoupe();
  }

  get settled(): boolean {
    return this.complete && (this.tiles?.settled ?? true);
  }

  dispose(): void {
    this.tiles?.dispose();
  }

  /** The smallest level that still has a pixel for each device pixel. */
  private pick(scale: number): Level | undefined {
    let best = this.levels[0];
    for (const level of this.levels) if (level.scale >= scale * 0.99) best = level;
    return best;
  }
}

type WholeSource = Exclude<ImageSource, { kind: "tiles" }>;

/** The picture, then halves of halves: each pixel is the mean of four. */
function* levelsOf(source: WholeSource, window: Levels | null): Generator<Level> {
  let last: CanvasImageSource = source.kind === "bitmap" ? source.bitmap : developed(source, window ?? source.levels);
  let [w, h] = sizeOf(last, source);
  yield { bitmap: last, scale: w / source.width };
  while (Math.max(w, h) > SMALLEST_LEVEL * 2) {
    const [nw, nh] = [Math.max(1, Math.round(w / 2)), Math.max(1, Math.round(h / 2))];
    const half = new OffscreenCanvas(nw, nh);
    const ctx = half.getContext("2d", { alpha: true });
    if (!ctx) return;
    ctx.imageSmoothingQuality = "low";
    ctx.drawImage(last, 0, 0, w, h, 0, 0, nw, nh);
    yield { bitmap: half, scale: nw / source.width };
    [last, w, h] = [half, nw, nh];
  }
}

function sizeOf(bitmap: CanvasImageSource, source: ImageSource): [number, number] {
  if (bitmap instanceof HTMLImageElement) return [bitmap.naturalWidth, bitmap.naturalHeight];
  if ("width" in bitmap && typeof bitmap.width === "number") return [bitmap.width, (bitmap as ImageBitmap).height];
  return [source.width, source.height];
}

function developed(source: ImageSource & { kind: "raw16" }, levels: Levels): OffscreenCanvas {
  const canvas = new OffscreenCanvas(source.width, source.height);
  const rgba = applyLevels(source.values, source.samples, levels);
  canvas.getContext("2d")?.putImageData(new ImageData(rgba, source.width, source.height), 0, 0);
  return canvas;
}
