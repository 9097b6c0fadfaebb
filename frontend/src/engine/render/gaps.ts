import { type Camera, toImage } from "../camera/camera";
import { screenPoint } from "../geometry/points";
import type { Stage } from "../stage";
import type { Context } from "./draw";

const STRIPE = 10; // screen pixels from one stripe to the next: most of the picture between them is seen as it is
const WHITE = 0xa0ffffff;
const DARK = 0x80000000;
const INK = [WHITE, WHITE, DARK, DARK];

/** Unlabelled pixels as diagonal stripes that stand still on the screen. Made anew when the camera or the map changed. */
export class GapPattern {
  private canvas: OffscreenCanvas | null = null;
  private camera: Camera | null = null;
  private version = -1;

  draw(ctx: Context, stage: Stage): void {
    const { width, height } = stage.viewport;
    if (!stage.view.gaps || !stage.labelMap.on || !stage.labelMap.unlabelled) return;
    const known = this.canvas?.width === width && this.canvas.height === height;
    if (!known || this.camera !== stage.camera || this.version !== stage.labelMap.version) this.paint(stage);
    if (this.canvas) ctx.drawImage(this.canvas, 0, 0);
  }

  private paint(stage: Stage): void {
    const { width, height } = stage.viewport;
    const { labelMap: map, camera } = stage;
    if (this.canvas?.width !== width || this.canvas.height !== height) this.canvas = new OffscreenCanvas(width, height);
    this.camera = camera;
    this.version = map.version;
    const words = new Uint32Array(width * height);
    const origin = toImage(camera, screenPoint(0.5, 0.5));
    const right = toImage(camera, screenPoint(1.5, 0.5));
    const down = toImage(camera, screenPoint(0.5, 1.5));
    const [ax, ay, bx, by] = [right.x - origin.x, right.y - origin.y, down.x - origin.x, down.y - origin.y];
    for (let row = 0, at = 0; row < height; row++)
      for (let column = 0; column < width; column++, at++) {
        const x = Math.floor(origin.x + ax * column + bx * row);
        const y = Math.floor(origin.y + ay * column + by * row);
        if (x < 0 || y < 0 || x >= map.width || y >= map.height || map.data[y * map.width + x]) continue;
        words[at] = INK[(column + row) % STRIPE] ?? 0;
      }
    const bytes = new Uint8ClampedArray(words.buffer as ArrayBuffer);
    this.canvas.getContext("2d")?.putImageData(new ImageData(bytes, width, height), 0, 0);
  }
}
