import { type Camera, toScreen, visibleBounds } from "../camera/camera";
import type { Bounds } from "../geometry/boxes";
import { boundsTouch } from "../geometry/boxes";
import { ops } from "../shapes";
import { traceLine } from "../shapes/polygon";
import type { Stage } from "../stage";
import type { ElementId, Region } from "../types";
import { type Context, drawRegion, skeletonOf, withCamera } from "./draw";
import type { GapPattern } from "./gaps";
import { drawHeldHandle, drawKeyCursor } from "./key_cursor";
import { drawMarks } from "./marks";
import { drawPrompts } from "./smart";
import { drawBrush, drawCells, type StrokePainter } from "./stroke";
import { lookOf } from "./style";
import { drawTags, type Tag, type TagIcon } from "./tags";

const HANDLE = 7; // screen pixels
const GRID_FROM = 8; // CSS pixels an image pixel
const GRID_FULL = 20; // from here on the grid is as strong as it gets
const HOT_HANDLE = 10;
const MOST_NAMES = 400; // tags drawn at once with "names on"
const MOST_SELECTED = 200; // selected regions drawn one by one; more are in the bitmap
const MOST_HANDLES = 2000;

/** Painters that keep a bitmap from frame to frame. */
export interface Painters {
  readonly stroke: StrokePainter;
  readonly gaps: GapPattern;
}

/** What changes with every move of the pointer: hover, selection, preview, handles, cross-hair, tags, badges, pins. */
export function drawOverlay(ctx: Context, stage: Stage, ratio: number, painters: Painters): void {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  const selected = shownSelection(stage);
  drawHeld(ctx, stage, stage.camera, ratio, selected);
  const { preview } = stage;
  if (preview?.kind === "stroke") painters.stroke.draw(ctx, stage, ratio, preview);
  if (preview?.kind === "cells") drawCells(ctx, stage, preview);
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  painters.gaps.draw(ctx, stage);
  if (stage.view.pixelGrid && stage.camera.zoom >= GRID_FROM) drawGrid(ctx, stage);
  if (stage.tool === "brush" || stage.tool === "eraser") drawBrush(ctx, stage, stage.brush.size, stage.brush.round);
  if (stage.view.crossHair && aims(stage)) drawCrossHair(ctx, stage);
  if (selected.length === 1) drawHandles(ctx, stage, selected[0] as Region);
  if (stage.focused && selected[0]) drawFocus(ctx, stage, selected[0]);
  drawSpot(ctx, stage);
  drawTags(ctx, tagsOf(stage, selected), stage.viewport);
  drawMarks(ctx, stage);
  drawMarquee(ctx, stage);
  if (preview?.kind === "smart") drawPrompts(ctx, stage, preview);
  drawKeyCursor(ctx, stage);
}

/** What the hand is on: hovered, selected, being moved or drawn. */
export function drawHeld(
  ctx: Context,
  stage: Stage,
  camera: Camera,
  ratio: number,
  selected = shownSelection(stage),
): void {
  const pixel = 1 / camera.zoom;
  withCamera(ctx, camera, ratio, 0, () => {
    drawHover(ctx, stage, pixel);
    for (const region of selected) drawShape(ctx, stage, region, "selected", pixel);
    drawMoved(ctx, stage, selected, pixel);
    drawPreview(ctx, stage, pixel);
  });
}

/** The hand needs to aim: it draws, is on a vertex or moves one. */
export const aims = (stage: Stage): boolean => stage.draws || stage.spot !== null || isReshaping(stage);

/** A hair line on each border between pixels, light on dark so that it shows on any picture. */
function drawGrid(ctx: Context, stage: Stage): void {
  const { camera, image } = stage;
  const seen = visibleBounds(camera, stage.viewport);
  const [x0, y0] = [Math.max(0, Math.floor(seen[0])), Math.max(0, Math.floor(seen[1]))];
  const [x1, y1] = [Math.min(image.width, Math.ceil(seen[2])), Math.min(image.height, Math.ceil(seen[3]))];
  const line = (ax: number, ay: number, bx: number, by: number) => {
    const a = toScreen(camera, { x: ax, y: ay });
    const b = toScreen(camera, { x: bx, y: by });
    ctx.moveTo(a.x, a.y);
    ctx.lineTo(b.x, b.y);
  };
  ctx.beginPath();
  for (let x = x0; x <= x1; x++) line(x, y0, x, y1);
  for (let y = y0; y <= y1; y++) line(x0, y, x1, y);
  ctx.lineWidth = 1;
  ctx.globalAlpha = Math.min(1, camera.zoom / GRID_FULL);
  for (const color of ["rgba(0, 0, 0, 0.25)", "rgba(255, 255, 255, 0.2)"]) {
    ctx.strokeStyle = color;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

const isReshaping = (stage: Stage) => stage.preview?.kind === "moved" && stage.preview.handle !== null;

/** Selected regions as the hand holds them now. */
function shownSelection(stage: Stage): Region[] {
  if (stage.selection.length > MOST_SELECTED) return [];
  const moved = new Map<ElementId, Region>();
  if (stage.preview?.kind === "moved") for (const region of stage.preview.regions) moved.set(region.id, region);
  return stage.selection.flatMap((id) => {
    if (stage.picker.hidden.has(id)) return [];
    const region = moved.get(id) ?? stage.scene.get(id);
    return region ? [region] : [];
  });
}

function drawShape(ctx: Context, stage: Stage, region: Region, state: "hover" | "selected", pixel: number): void {
  const look = lookOf(stage, region, state);
  drawRegion(ctx, region, look, pixel, ops.bounds(region), skeletonOf(stage.classes, region));
}

/** More was moved than is drawn one by one: their bounds are enough to aim by. */
function drawMoved(ctx: Context, stage: Stage, shown: readonly Region[], pixel: number): void {
  if (stage.preview?.kind !== "moved" || shown.length) return;
  ctx.strokeStyle = "#ffffff";
  ctx.lineWidth = pixel;
  ctx.beginPath();
  for (const region of stage.preview.regions) {
    const b = ops.bounds(region);
    ctx.rect(b[0], b[1], b[2] - b[0], b[3] - b[1]);
  }
  ctx.stroke();
}

function drawHover(ctx: Context, stage: Stage, pixel: number): void {
  const id = stage.hover;
  const region = id !== null && !stage.picker.hidden.has(id) ? stage.scene.get(id) : undefined;
  if (!region || stage.selection.includes(region.id) || stage.preview) return;
  // The bitmap below has painted its own fill already: only the difference to 22 % is added.
  const look = lookOf(stage, region, "hover");
  const painted = lookOf(stage, region, "normal").fill;
  const rest = Math.max(0, (look.fill - painted) / (1 - painted));
  drawRegion(ctx, region, { ...look, fill: rest }, pixel, ops.bounds(region), skeletonOf(stage.classes, region));
}

function drawPreview(ctx: Context, stage: Stage, pixel: number): void {
  if (stage.preview?.kind !== "shape" && stage.preview?.kind !== "smart") return;
  const { shaped } = stage.preview;
  if (!shaped) return;
  const closed = stage.preview.kind === "smart" || stage.preview.closed;
  const color = stage.colorOf(stage.currentClass);
  const region = { id: "", class: stage.currentClass ?? 0, attributes: {}, ...shaped } as Region;
  const look = { ...lookOf(stage, region, "selected"), color };
  // A ring still open is shown as a line: closing it is the hand's to do.
  if (shaped.shape !== "polygon" || closed)
    return drawRegion(ctx, shaped, look, pixel, [0, 0, 1e9, 1e9], skeletonOf(stage.classes, region));
  const ring = shaped.geometry.parts[0]?.[0] ?? [];
  if (ring.length >= 6) {
    ctx.beginPath();
    traceLine(ring, ctx, pixel, false);
    ctx.globalAlpha = look.fill;
    ctx.fillStyle = color;
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  drawRegion(ctx, { shape: "polyline", geometry: { points: ring } }, { ...look, fill: 0 }, pixel, [0, 0, 1e9, 1e9]);
}

/** 1 px white over 3 px black at 32 %, over the whole view. */
function drawCrossHair(ctx: Context, stage: Stage): void {
  const at = stage.spot ?? stage.pointer;
  if (!at) return;
  const p = toScreen(stage.camera, at);
  const x = Math.round(p.x) + 0.5;
  const y = Math.round(p.y) + 0.5;
  for (const [style, width] of [
    ["rgba(0, 0, 0, 0.32)", 3],
    ["#ffffff", 1],
  ] as const) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.moveTo(x, 0);
    ctx.lineTo(x, stage.viewport.height);
    ctx.moveTo(0, y);
    ctx.lineTo(stage.viewport.width, y);
    ctx.stroke();
  }
}

function drawHandles(ctx: Context, stage: Stage, region: Region): void {
  if (stage.readOnly || !stage.picker.targetable(region.id)) return;
  const handles = ops.handles(region);
  if (handles.length > MOST_HANDLES) return;
  const hot =
    stage.preview?.kind === "moved" ? stage.preview.handle : stage.spot?.kind === "handle" ? stage.spot.handle : null;
  const seen = { w: stage.viewport.width + HOT_HANDLE, h: stage.viewport.height + HOT_HANDLE };
  for (const handle of handles) {
    const p = toScreen(stage.camera, handle);
    if (p.x < -HOT_HANDLE || p.y < -HOT_HANDLE || p.x > seen.w || p.y > seen.h) continue;
    const side = handle.id === hot || handle.id === stage.keyHandle ? HOT_HANDLE : HANDLE;
    if (handle.id === stage.keyHandle) drawHeldHandle(ctx, p.x, p.y);
    ctx.fillStyle = "#ffffff";
    ctx.strokeStyle = "#111111";
    ctx.lineWidth = 1;
    if (handle.id === "turn") {
      ctx.beginPath();
      ctx.arc(p.x, p.y, side / 2 + 0.5, 0, Math.PI * 2);
      ctx.fill();
      ctx.stroke();
      continue;
    }
    const x = Math.round(p.x - side / 2);
    const y = Math.round(p.y - side / 2);
    ctx.fillRect(x, y, side, side);
    ctx.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1);
  }
}

/** The round plus where a click would add a vertex; the first corner of a polygon that a click would close. */
function drawSpot(ctx: Context, stage: Stage): void {
  if (stage.preview?.kind === "shape") return drawVertices(ctx, stage);
  if (stage.spot?.kind !== "edge" || stage.preview) return;
  const p = toScreen(stage.camera, stage.spot);
  ctx.fillStyle = "#ffffff";
  ctx.strokeStyle = "#111111";
  ctx.lineWidth = 1.25;
  ctx.beginPath();
  ctx.arc(p.x, p.y, 6, 0, Math.PI * 2);
  ctx.fill();
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(p.x - 3, p.y);
  ctx.lineTo(p.x + 3, p.y);
  ctx.moveTo(p.x, p.y - 3);
  ctx.lineTo(p.x, p.y + 3);
  ctx.stroke();
}

/** Vertices set so far; those of a free line that lie closer than a handle are passed over. */
function drawVertices(ctx: Context, stage: Stage): void {
  if (stage.preview?.kind !== "shape") return;
  const { shaped } = stage.preview;
  const ring =
    shaped.shape === "polygon"
      ? (shaped.geometry.parts[0]?.[0] ?? [])
      : "points" in shaped.geometry
        ? shaped.geometry.points
        : [];
  let last = { x: Number.NEGATIVE_INFINITY, y: 0 };
  for (let i = 0; i < ring.length; i += 2) {
    const p = toScreen(stage.camera, { x: ring[i] as number, y: ring[i + 1] as number });
    if (i > 0 && Math.max(Math.abs(p.x - last.x), Math.abs(p.y - last.y)) < HANDLE) continue;
    last = p;
    const side = i === 0 && stage.preview.snap ? HOT_HANDLE : HANDLE;
    ctx.fillStyle = "#ffffff";
    ctx.fillRect(Math.round(p.x - side / 2), Math.round(p.y - side / 2), side, side);
    ctx.strokeStyle = "#111111";
    ctx.lineWidth = 1;
    ctx.strokeRect(Math.round(p.x - side / 2) - 0.5, Math.round(p.y - side / 2) - 0.5, side + 1, side + 1);
  }
}

/** Keyboard focus: a white dash just outside the region's line. */
function drawFocus(ctx: Context, stage: Stage, region: Region): void {
  const b = screenBounds(stage, ops.bounds(region));
  ctx.save();
  ctx.setLineDash([4, 3]);
  ctx.lineWidth = 1;
  ctx.strokeStyle = "#ffffff";
  ctx.strokeRect(b[0] - 5.5, b[1] - 5.5, b[2] - b[0] + 11, b[3] - b[1] + 11);
  ctx.restore();
}

function drawMarquee(ctx: Context, stage: Stage): void {
  if (stage.preview?.kind !== "marquee") return;
  const b = screenBounds(stage, stage.preview.box);
  ctx.save();
  ctx.fillStyle = "rgba(37, 99, 207, 0.16)";
  ctx.fillRect(b[0], b[1], b[2] - b[0], b[3] - b[1]);
  ctx.strokeStyle = "#ffffff";
  ctx.setLineDash([4, 3]);
  ctx.strokeRect(b[0] + 0.5, b[1] + 0.5, b[2] - b[0], b[3] - b[1]);
  ctx.restore();
}

export function screenBounds(stage: Stage, b: Bounds): Bounds {
  const p = toScreen(stage.camera, { x: b[0], y: b[1] });
  const q = toScreen(stage.camera, { x: b[2], y: b[3] });
  return [Math.min(p.x, q.x), Math.min(p.y, q.y), Math.max(p.x, q.x), Math.max(p.y, q.y)];
}

const DECORATION_ICON: Partial<Record<string, TagIcon>> = {
  added: "plus",
  changed: "pencil",
  removed: "minus",
  gold: "star",
};

function tagsOf(stage: Stage, selected: readonly Region[]): Tag[] {
  const tags = selected.map((region) => tagOf(stage, region, true));
  const chosen = new Set(selected.map((region) => region.id));
  const more = (region: Region | undefined, extra: Partial<Tag> = {}) => {
    if (!region || chosen.has(region.id) || stage.picker.hidden.has(region.id) || region.shape === "tag") return;
    chosen.add(region.id);
    tags.push({ ...tagOf(stage, region, false), ...extra });
  };
  if (stage.hover !== null) more(stage.scene.get(stage.hover));
  for (const [id, decoration] of stage.decorations)
    if (decoration.kind !== "conflict" && decoration.kind !== "agreed") more(stage.scene.get(id));
    else if (decoration.kind === "conflict" && decoration.number !== undefined)
      more(stage.scene.get(id), { text: String(decoration.number), color: "#ffffff", solid: true });
  for (const ghost of stage.ghosts) more(ghost);
  for (const { region, score } of stage.offers())
    more(region, {
      text: stage.nameOf(region),
      icon: "spark",
      ...(score === null ? {} : { detail: score.toFixed(2) }),
      ...(stage.readOnly ? {} : { key: { cap: "U", text: stage.words.use } }),
    });
  for (const id of stage.picker.locked) more(stage.scene.get(id));
  if (stage.view.names)
    for (const id of stage.index.search(visibleBounds(stage.camera, stage.viewport)).slice(0, MOST_NAMES))
      more(stage.scene.get(id));
  const view: Bounds = [0, 0, stage.viewport.width, stage.viewport.height];
  return tags.filter((tag) => boundsTouch([tag.x, tag.y, tag.x + 60, tag.y + 20], view));
}

function tagOf(stage: Stage, region: Region, solid: boolean): Tag {
  const b = screenBounds(stage, ops.bounds(region));
  const decoration = stage.decorations.get(region.id);
  const icon = stage.picker.locked.has(region.id) ? "lock" : DECORATION_ICON[decoration?.kind ?? ""];
  const detail = decoration?.kind === "changed" ? decoration.note : undefined;
  return {
    x: b[0],
    y: b[1],
    text: stage.nameOf(region),
    color: decoration && !solid ? lookOf(stage, region, "normal").color : stage.colorOf(region.class),
    solid,
    area: (b[2] - b[0]) * (b[3] - b[1]),
    ...(icon ? { icon } : {}),
    ...(detail ? { detail } : {}),
  };
}
