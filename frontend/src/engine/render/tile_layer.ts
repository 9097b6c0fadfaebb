import { type Camera, matrixOf, visibleBounds } from "../camera/camera";
import type { Bounds } from "../geometry/boxes";
import type { ImageSource } from "../image/source";
import { TileStore } from "../image/tile_store";
import { levelFor, parentOf, type TileAt, tileBounds, tilesIn } from "../image/tiles";
import type { Context } from "./draw";
import type { Sight } from "./image_layer";

type Pen = Context | OffscreenCanvasRenderingContext2D;
type TileSource = ImageSource & { kind: "tiles" };

/** Who looks at the picture; a sample takes what is there and asks for nothing. */
export type Viewer = "canvas" | "loupe" | "sample";

/** A large image from its tiles: the preview beneath, and each tile over it as soon as it is there. */
export class TileLayer {
  private readonly store: TileStore;

  constructor(
    readonly source: TileSource,
    arrived: () => void,
  ) {
    this.store = new TileStore(source.tiles, arrived);
  }

  /** What each of those that look at the picture wants of it. */
  private readonly wants = { canvas: [] as readonly TileAt[], loupe: [] as readonly TileAt[] };

  draw(ctx: Pen, { camera, viewport }: Sight, ratio: number, smooth: boolean, by: Viewer): void {
    const { tiles, preview, width, height } = this.source;
    const level = levelFor(tiles, camera.zoom * ratio);
    const wanted = tilesIn(tiles, level, visibleBounds(camera, viewport, 2));
    if (by !== "sample") {
      this.wants[by] = wanted;
      this.store.want([...this.wants.canvas, ...this.wants.loupe]);
    }
    ctx.imageSmoothingEnabled = smooth;
    ctx.imageSmoothingQuality = "low";
    if (preview) place(ctx, camera, ratio, preview, [0, 0, width, height]);
    // Parents first, so that what is sharp lies above what stands in for it.
    for (const tile of this.standIns(wanted)) this.paint(ctx, camera, ratio, tile);
    for (const tile of wanted) this.paint(ctx, camera, ratio, tile);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** The loupe is put away. */
  forgetLoupe(): void {
    this.wants.loupe = [];
  }

  get settled(): boolean {
    return this.store.settled;
  }

  dispose(): void {
    this.store.dispose();
  }

  /** For each tile that is missing, the nearest of its parents that is there; the coarsest come first. */
  private standIns(wanted: readonly TileAt[]): TileAt[] {
    const found = new Map<string, TileAt>();
    for (const tile of wanted) {
      if (this.store.get(tile)) continue;
      let parent = parentOf(tile);
      while (parent && !this.store.get(parent)) parent = parentOf(parent);
      if (parent) found.set(`${parent.level}/${parent.column}_${parent.row}`, parent);
    }
    return [...found.values()].sort((a, b) => a.level - b.level);
  }

  private paint(ctx: Pen, camera: Camera, ratio: number, tile: TileAt): void {
    const bitmap = this.store.get(tile);
    if (bitmap) place(ctx, camera, ratio, bitmap, tileBounds(this.source.tiles, tile));
  }
}

/** Draw a bitmap over a part of the image. Its edges are put on device pixels, so that neighbours leave no seam. */
function place(ctx: Pen, camera: Camera, ratio: number, bitmap: CanvasImageSource, part: Bounds): void {
  const m = matrixOf(camera);
  const at = (x: number, y: number) =>
    [Math.round((m[0] * x + m[2] * y + m[4]) * ratio), Math.round((m[1] * x + m[3] * y + m[5]) * ratio)] as const;
  const [x0, y0] = at(part[0], part[1]);
  const [x1, y1] = at(part[2], part[3]);
  const turned = camera.turns % 2 === 1;
  // One unit of the drawing is the whole bitmap: along x on the screen, or along y where the view is turned.
  if (turned) ctx.setTransform(0, y1 - y0, x1 - x0, 0, x0, y0);
  else ctx.setTransform(x1 - x0, 0, 0, y1 - y0, x0, y0);
  ctx.drawImage(bitmap, 0, 0, 1, 1);
}
