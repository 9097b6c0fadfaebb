import { toScreen } from "../camera/camera";
import type { Stage } from "../stage";
import type { Context } from "./draw";

const ARM = 12; // screen pixels of each arm
const GAP = 3; // screen pixels left free around the place itself
const RING = 9; // screen pixels around the handle in hand
const FONT = '11px "Inter Variable", Inter, system-ui, sans-serif';

const twice = (ctx: Context, trace: () => void): void => {
  for (const [style, width] of [
    ["rgba(0, 0, 0, 0.7)", 4],
    ["#ffffff", 1.5],
  ] as const) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    trace();
    ctx.stroke();
  }
};

/** The cursor that the arrows move, with the pixel it is on: four arms around a free place, white in black. */
export function drawKeyCursor(ctx: Context, stage: Stage): void {
  const at = stage.keyCursor;
  if (!at) return;
  const p = toScreen(stage.camera, at);
  twice(ctx, () => {
    for (const [x, y] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      ctx.moveTo(p.x + x * GAP, p.y + y * GAP);
      ctx.lineTo(p.x + x * ARM, p.y + y * ARM);
    }
  });
  const text = `${Math.round(at.x)}, ${Math.round(at.y)}`;
  ctx.font = FONT;
  const w = ctx.measureText(text).width + 10;
  // Beside it, where the view has room.
  const x = p.x + ARM + w + 4 > stage.viewport.width ? p.x - ARM - w : p.x + ARM;
  const y = p.y + ARM + 22 > stage.viewport.height ? p.y - ARM - 20 : p.y + ARM;
  ctx.fillStyle = "rgba(17, 17, 17, 0.82)";
  ctx.beginPath();
  ctx.roundRect(x, y, w, 18, 2);
  ctx.fill();
  ctx.fillStyle = "#f4f4f4";
  ctx.textBaseline = "middle";
  ctx.fillText(text, x + 5, y + 9.5);
}

/** The handle that the arrows move. */
export function drawHeldHandle(ctx: Context, x: number, y: number): void {
  twice(ctx, () => ctx.arc(x, y, RING, 0, Math.PI * 2));
}
