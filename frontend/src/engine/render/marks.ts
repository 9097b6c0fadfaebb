import { toScreen } from "../camera/camera";
import { ops } from "../shapes";
import type { Stage } from "../stage";
import type { Context } from "./draw";

export interface MarkHit {
  readonly kind: "finding" | "pin";
  readonly id: string;
}

interface Placed extends MarkHit {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly faded: boolean;
}

const BADGE = 18; // screen pixels
const PIN = 22;
const REACH = 14; // half of the clickable square

/** Badges of findings stand at their region's top-right corner, pins at their point or beside the badge. */
function marksOf(stage: Stage): Placed[] {
  const corner = (id: string) => {
    const b = stage.index.boundsOf(id);
    if (!b || stage.picker.hidden.has(id)) return null;
    const p = toScreen(stage.camera, { x: b[2], y: b[1] });
    const { width, height } = stage.viewport;
    if (p.x < -BADGE || p.y < -BADGE || p.x > width + BADGE * 4 || p.y > height + BADGE) return null;
    return { x: Math.min(p.x, width - BADGE), y: Math.max(p.y, BADGE) };
  };
  const marks: Placed[] = [];
  const used = new Map<string, number>();
  for (const { id, element } of stage.findings) {
    const at = used.has(element) ? null : corner(element);
    if (!at) continue;
    used.set(element, 1);
    marks.push({ kind: "finding", id, ...at, label: "", faded: false });
  }
  for (const { id, at, label, resolved } of stage.pins) {
    const beside = "element" in at ? (used.get(at.element) ?? 0) : 0;
    const base = "element" in at ? regionPoint(stage, at.element) : toScreen(stage.camera, at);
    if (!base) continue;
    if ("element" in at) used.set(at.element, beside + 1);
    const p = { x: base.x + beside * (BADGE + 6), y: base.y };
    marks.push({ kind: "pin", id, ...p, label, faded: resolved === true });
  }
  return marks;
}

function regionPoint(stage: Stage, id: string) {
  const region = stage.scene.get(id);
  if (!region) return null;
  const b = ops.bounds(region);
  return toScreen(stage.camera, { x: b[2], y: b[1] });
}

export function drawMarks(ctx: Context, stage: Stage): void {
  for (const mark of marksOf(stage)) {
    if (mark.kind === "finding") drawBadge(ctx, mark);
    else drawPin(ctx, mark);
  }
}

export function markAt(stage: Stage, x: number, y: number): MarkHit | null {
  const hit = marksOf(stage)
    .filter((mark) => Math.abs(mark.x - x) <= REACH && Math.abs(mark.y - y) <= REACH)
    .at(-1);
  return hit ? { kind: hit.kind, id: hit.id } : null;
}

function drawBadge(ctx: Context, { x, y }: Placed): void {
  const left = Math.round(x - BADGE / 2);
  const top = Math.round(y - BADGE / 2);
  ctx.fillStyle = "rgba(0, 0, 0, 0.65)";
  ctx.beginPath();
  ctx.roundRect(left - 1.5, top - 1.5, BADGE + 3, BADGE + 3, 5);
  ctx.fill();
  ctx.fillStyle = "#ffc53d";
  ctx.beginPath();
  ctx.roundRect(left, top, BADGE, BADGE, 4);
  ctx.fill();
  ctx.strokeStyle = "#2b1d00";
  ctx.lineWidth = 1.3;
  ctx.lineJoin = ctx.lineCap = "round";
  ctx.beginPath();
  ctx.moveTo(left + 9, top + 4);
  ctx.lineTo(left + 3.5, top + 14);
  ctx.lineTo(left + 14.5, top + 14);
  ctx.closePath();
  ctx.moveTo(left + 9, top + 8);
  ctx.lineTo(left + 9, top + 10.5);
  ctx.moveTo(left + 9, top + 12.2);
  ctx.lineTo(left + 9, top + 12.3);
  ctx.stroke();
}

function drawPin(ctx: Context, { x, y, label, faded }: Placed): void {
  const left = Math.round(x - PIN / 2);
  const top = Math.round(y - PIN / 2);
  ctx.save();
  ctx.globalAlpha = faded ? 0.55 : 1;
  ctx.beginPath();
  ctx.roundRect(left, top, PIN, PIN, [PIN / 2, PIN / 2, PIN / 2, 2]);
  ctx.fillStyle = "#2563cf";
  ctx.fill();
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = "#ffffff";
  ctx.stroke();
  ctx.font = '620 11px "Inter Variable", Inter, system-ui, sans-serif';
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = "#ffffff";
  ctx.fillText(label, x, y + 0.5);
  ctx.restore();
}
