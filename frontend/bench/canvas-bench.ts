import { attachKeys, Editor, type ElementRow } from "../src/engine";

/** Measures the canvas in a real browser: `await window.__lwBench.all({ shape: "box", count: 10000 })`. Times are ms.
 * `empty` is the frame interval of this page with nothing to paint: what the machine itself can do. */
interface Frames {
  p50: number;
  p95: number;
  max: number;
  frames: number;
}

const WIDTH = 4000;
const HEIGHT = 3000;
const COLORS = ["#3da3ff", "#ffa31f", "#c26629", "#47f5ff", "#a347ff", "#f53370"];
const host = document.querySelector<HTMLElement>("#canvas") as HTMLElement;
const editor = new Editor({ host });
attachKeys(editor, window);

/** A fixed sequence, so that runs compare. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function geometry(shape: "box" | "polygon", next: () => number) {
  const size = 20 + next() * 60;
  const [x, y] = [next() * (WIDTH - size), next() * (HEIGHT - size)];
  if (shape === "box") return { x, y, w: size, h: size * (0.5 + next() / 2) };
  const ring = Array.from({ length: 30 }, (_, i) => {
    const [angle, r] = [(i / 30) * Math.PI * 2, (size / 2) * (0.7 + next() * 0.3)];
    return [x + size / 2 + r * Math.cos(angle), y + size / 2 + r * Math.sin(angle)];
  });
  return { parts: [[ring.flat()]] };
}

function picture(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
  const gradient = ctx.createLinearGradient(0, 0, WIDTH, HEIGHT);
  gradient.addColorStop(0, "#7db4e0");
  gradient.addColorStop(1, "#3c5a34");
  ctx.fillStyle = gradient;
  ctx.fillRect(0, 0, WIDTH, HEIGHT);
  return canvas;
}

const bitmap = picture();

/** Milliseconds until the first picture with all regions is painted. */
function load(shape: "box" | "polygon", count: number): number {
  const next = random(7);
  const elements: ElementRow[] = Array.from({ length: count }, (_, i) => ({
    kind: "region",
    version: 1,
    element: { id: `r${i}`, class: 1 + (i % COLORS.length), shape, geometry: geometry(shape, next), attributes: {} },
  }));
  const classes = COLORS.map((color, i) => ({ id: i + 1, name: `class ${i + 1}`, color, shapes: ["box", "polygon"] }));
  const start = performance.now();
  editor.load({ image: { kind: "bitmap", width: WIDTH, height: HEIGHT, bitmap }, elements, schema: { classes } });
  return performance.now() - start;
}

async function frames(count: number, step: (i: number) => void): Promise<Frames> {
  const intervals: number[] = [];
  let last = await nextFrame();
  for (let i = 0; i < count; i++) {
    step(i);
    const now = await nextFrame();
    intervals.push(now - last);
    last = now;
  }
  intervals.sort((a, b) => a - b);
  const at = (q: number) => Math.round((intervals[Math.floor(q * (intervals.length - 1))] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), max: at(1), frames: count };
}

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

const empty = (count = 120): Promise<Frames> => frames(count, () => {});

const pan = (count = 120): Promise<Frames> =>
  frames(count, (i) => {
    const angle = (i / 40) * Math.PI * 2;
    editor.pan(12 * Math.cos(angle), 12 * Math.sin(angle));
  });

const zoom = (count = 120): Promise<Frames> =>
  frames(count, (i) => editor.zoom(i % 60 < 30 ? 1.04 : 1 / 1.04, editor.toScreen({ x: 2000, y: 1500 })));

/** One region of all is dragged: the time its pointer events take, and the frames meanwhile. */
async function drag(count = 60): Promise<{ event: Frames; frame: Frames }> {
  const region = editor.regions()[Math.floor(editor.regions().length / 2)];
  if (!region) throw new Error("load regions first");
  editor.select([region.id], { reveal: true });
  const bounds = editor.stage.index.boundsOf(region.id) as readonly number[];
  const at = editor.toScreen({
    x: ((bounds[0] as number) + (bounds[2] as number)) / 2,
    y: ((bounds[1] as number) + (bounds[3] as number)) / 2,
  });
  const modifiers = { shift: false, alt: false, mod: false };
  const times: number[] = [];
  editor.handle({ type: "down", screen: at, modifiers });
  const frame = await frames(count, (i) => {
    const start = performance.now();
    editor.handle({ type: "move", screen: { ...at, x: at.x + i * 2, y: at.y + i }, modifiers });
    times.push(performance.now() - start);
  });
  editor.handle({ type: "up", screen: { ...at, x: at.x + 10, y: at.y + 10 }, modifiers });
  times.sort((a, b) => a - b);
  const pick = (q: number) => Math.round((times[Math.floor(q * (times.length - 1))] ?? 0) * 10) / 10;
  return { frame, event: { p50: pick(0.5), p95: pick(0.95), max: pick(1), frames: count } };
}

async function all({ shape, count }: { shape: "box" | "polygon"; count: number }) {
  const loadMs = Math.round(load(shape, count));
  await frames(20, () => {});
  return { shape, count, loadMs, empty: await empty(), pan: await pan(), zoom: await zoom(), drag: await drag() };
}

declare global {
  interface Window {
    __lwBench: { editor: Editor; load: typeof load; empty: typeof empty; pan: typeof pan; zoom: typeof zoom; drag: typeof drag; all: typeof all };
  }
}

window.__lwBench = { editor, load, empty, pan, zoom, drag, all };
