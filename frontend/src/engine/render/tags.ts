import type { Viewport } from "../camera/camera";
import type { Context } from "./draw";

export type TagIcon = "lock" | "spark" | "star" | "plus" | "pencil" | "minus";

export interface Tag {
  /** Screen point it belongs to: the shape's top-left. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly detail?: string;
  readonly color: string;
  /** Filled with the class colour instead of glass. */
  readonly solid: boolean;
  readonly icon?: TagIcon;
  /** A key cap with what it does: "U use". */
  readonly key?: { readonly cap: string; readonly text: string };
  /** Area of the region on the screen: where two tags collide the smaller region's stays. */
  readonly area: number;
}

interface Placed {
  readonly tag: Tag;
  readonly x: number;
  readonly y: number;
  readonly w: number;
}

const HEIGHT = 18;
const GAP = 4; // between the tag and the shape
const PAD = 6;
const SQUARE = 8;
const ICON = 10;
const FONT = '11px "Inter Variable", Inter, system-ui, sans-serif';
const GLASS = "rgba(20, 20, 20, 0.84)";

/** Draw order of the paths in a 24-unit box. */
const ICONS: Record<TagIcon, string> = {
  lock: "M6 11h12v9H6z M8.500 11V8a3.500 3.500 0 017 0v3",
  spark: "M12 3l2 7 7 2-7 2-2 7-2-7-7-2 7-2z",
  star: "M12 4l2.400 5.200 5.600.6-4.200 3.800 1.200 5.600L12 16.400l-5 2.800 1.200-5.600L4 9.800l5.600-.6z",
  plus: "M12 5v14 M5 12h14",
  pencil: "M5 19l1-4L16 5l3 3L9 18z",
  minus: "M5 12h14",
};

export function drawTags(ctx: Context, tags: readonly Tag[], view: Viewport): void {
  ctx.save();
  ctx.textBaseline = "middle";
  const taken: Placed[] = [];
  for (const tag of [...tags].sort((a, b) => Number(b.solid) - Number(a.solid) || a.area - b.area)) {
    const placed = place(tag, widthOf(ctx, tag), view);
    if (taken.some((other) => collide(placed, other))) continue;
    taken.push(placed);
  }
  for (const placed of taken) drawTag(ctx, placed);
  ctx.restore();
}

function widthOf(ctx: Context, tag: Tag): number {
  ctx.font = `${tag.solid ? 620 : 540} ${FONT}`;
  let w = PAD * 2 + ctx.measureText(tag.text).width;
  if (!tag.solid) w += SQUARE + 5;
  if (tag.icon) w += ICON + 4;
  if (tag.detail) w += 5 + ctx.measureText(tag.detail).width;
  if (tag.key) w += 10 + 16 + ctx.measureText(tag.key.text).width;
  return w;
}

/** Above the top-left point; flipped inside where it would leave the view. */
function place(tag: Tag, w: number, view: Viewport): Placed {
  let y = tag.y - HEIGHT - GAP;
  if (y < 2) y = Math.max(tag.y + GAP, 2);
  const x = Math.max(2, Math.min(tag.x, view.width - w - 2));
  return { tag, x, y: Math.min(y, view.height - HEIGHT - 2), w };
}

const collide = (a: Placed, b: Placed): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + HEIGHT && b.y < a.y + HEIGHT;

function drawTag(ctx: Context, { tag, x, y, w }: Placed): void {
  ctx.fillStyle = tag.solid ? tag.color : GLASS;
  ctx.beginPath();
  ctx.roundRect(x, y, w, HEIGHT, 2);
  ctx.fill();
  const middle = y + HEIGHT / 2 + 0.5;
  let at = x + PAD;
  if (!tag.solid) {
    ctx.fillStyle = tag.color;
    ctx.beginPath();
    ctx.roundRect(at, y + (HEIGHT - SQUARE) / 2, SQUARE, SQUARE, 2);
    ctx.fill();
    at += SQUARE + 5;
  }
  const ink = tag.solid ? "#000000" : "#f4f4f4";
  if (tag.icon) {
    drawIcon(ctx, tag.icon, at, y + (HEIGHT - ICON) / 2, ink);
    at += ICON + 4;
  }
  ctx.font = `${tag.solid ? 620 : 540} ${FONT}`;
  ctx.fillStyle = ink;
  ctx.fillText(tag.text, at, middle);
  at += ctx.measureText(tag.text).width + 5;
  if (tag.detail) {
    ctx.font = `430 ${FONT}`;
    ctx.fillStyle = tag.solid ? "#000000" : "#c4c4c4";
    ctx.fillText(tag.detail, at, middle);
    at += ctx.measureText(tag.detail).width + 5;
  }
  if (tag.key) drawKey(ctx, tag.key, at, y, middle);
}

function drawKey(ctx: Context, key: { cap: string; text: string }, x: number, y: number, middle: number): void {
  ctx.fillStyle = "rgba(255, 255, 255, 0.18)";
  ctx.beginPath();
  ctx.roundRect(x, y + 2, 14, HEIGHT - 4, 2);
  ctx.fill();
  ctx.font = `540 ${FONT}`;
  ctx.fillStyle = "#f4f4f4";
  ctx.fillText(key.cap, x + 3.5, middle);
  ctx.fillText(key.text, x + 19, middle);
}

const paths = new Map<TagIcon, Path2D>();

function drawIcon(ctx: Context, icon: TagIcon, x: number, y: number, color: string): void {
  const path = paths.get(icon) ?? new Path2D(ICONS[icon]);
  paths.set(icon, path);
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(ICON / 24, ICON / 24);
  ctx.lineWidth = 2.4;
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.strokeStyle = color;
  ctx.stroke(path);
  ctx.restore();
}
