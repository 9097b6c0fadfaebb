import { toScreen } from "../camera/camera";
import type { Stage } from "../stage";
import type { Preview } from "../tools";
import type { Context } from "./draw";

type Smart = Preview & { kind: "smart" };

const MARK = 6; // screen pixels: radius of a click's mark
const INSIDE = "#2fb344";
const OUTSIDE = "#e03131";

/** The prompts over what they found: a plus inside, a minus beside, boxes dashed, scribbles as they were drawn. */
export function drawPrompts(ctx: Context, stage: Stage, { prompts, pulled }: Smart): void {
  for (const prompt of prompts) {
    if (prompt.kind === "click") drawMark(ctx, stage, prompt.at[0], prompt.at[1], prompt.inside);
    else if (prompt.kind === "scribble") drawScribble(ctx, stage, prompt.points, prompt.inside);
    else drawFrame(ctx, stage, prompt.box);
  }
  if (!pulled) return;
  const { way } = pulled;
  const [x0, y0] = [way[0] as number, way[1] as number];
  if (!pulled.box) drawScribble(ctx, stage, way, pulled.inside);
  else drawFrame(ctx, stage, [x0, y0, way.at(-2) as number, way.at(-1) as number]);
}

function drawMark(ctx: Context, stage: Stage, x: number, y: number, inside: boolean): void {
  const p = toScreen(stage.camera, { x, y });
  ctx.beginPath();
  ctx.arc(p.x, p.y, MARK, 0, Math.PI * 2);
  ctx.fillStyle = inside ? INSIDE : OUTSIDE;
  ctx.fill();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = "#ffffff";
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(p.x - 3, p.y);
  ctx.lineTo(p.x + 3, p.y);
  if (inside) {
    ctx.moveTo(p.x, p.y - 3);
    ctx.lineTo(p.x, p.y + 3);
  }
  ctx.stroke();
}

function drawScribble(ctx: Context, stage: Stage, points: readonly number[], inside: boolean): void {
  for (const [style, width] of [
    ["#ffffff", 5],
    [inside ? INSIDE : OUTSIDE, 3],
  ] as const) {
    ctx.beginPath();
    for (let i = 0; i < points.length; i += 2) {
      const p = toScreen(stage.camera, { x: points[i] as number, y: points[i + 1] as number });
      if (i) ctx.lineTo(p.x, p.y);
      else ctx.moveTo(p.x, p.y);
    }
    ctx.lineWidth = width;
    ctx.strokeStyle = style;
    ctx.stroke();
  }
}

function drawFrame(ctx: Context, stage: Stage, box: readonly [number, number, number, number]): void {
  const a = toScreen(stage.camera, { x: box[0], y: box[1] });
  const b = toScreen(stage.camera, { x: box[2], y: box[3] });
  ctx.save();
  for (const [style, dash] of [
    ["rgba(0, 0, 0, 0.6)", []],
    ["#ffffff", [5, 4]],
  ] as const) {
    ctx.setLineDash([...dash]);
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = style;
    ctx.strokeRect(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.abs(b.x - a.x), Math.abs(b.y - a.y));
  }
  ctx.restore();
}
