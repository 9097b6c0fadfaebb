import "../src/app/tokens.css";
import "../src/ui/kit.css";
import { Editor, type ElementRow, type ImageSource, type LabelSchema } from "../src/engine";
import { knowBlob } from "../src/engine/geometry/blobs";

/** One scene, as the tests describe it: a document, and what is then done with the editor, call by call. */
interface Scene {
  theme: "light" | "dark";
  /** Data URL of the picture. */
  photo: string;
  tiled?: boolean;
  elements: ElementRow[];
  schema: LabelSchema;
  semantic?: boolean;
  readOnly?: boolean;
  calls: [name: string, ...args: unknown[]][];
}

const TILE = 128; // pixels
const host = document.querySelector<HTMLElement>("#canvas") as HTMLElement;
const editor = new Editor({ host, words: { use: "use" } });

async function show(scene: Scene): Promise<void> {
  document.documentElement.dataset.mantineColorScheme = scene.theme;
  await Promise.all(["430", "540", "620"].map((weight) => document.fonts.load(`${weight} 11px "Inter Variable"`)));
  const bitmap = await createImageBitmap(await (await fetch(scene.photo)).blob());
  const { elements, schema, semantic = false, readOnly = false } = scene;
  const image = scene.tiled ? await inTiles(bitmap) : whole(bitmap);
  editor.load({ image, elements, schema, semantic, readOnly });
  for (const [name, ...args] of scene.calls) await call(name, args);
  while (!(await settled())) await frame();
}

/** Any method of the editor, and a few that take what JSON cannot say. */
async function call(name: string, args: unknown[]): Promise<void> {
  if (name === "decorate") editor.setDecorations(new Map(Object.entries(args[0] as object)));
  else if (name === "blob") knowBlob(args[0] as string, args[1] as string);
  else if (name === "settle") while (!(await settled())) await frame();
  else (editor as unknown as Record<string, (...args: unknown[]) => void>)[name]?.(...args);
}

const whole = (bitmap: ImageBitmap): ImageSource => ({
  kind: "bitmap",
  width: bitmap.width,
  height: bitmap.height,
  bitmap,
});

/** Cut here as the server cuts: each level half of the next. */
async function inTiles(bitmap: ImageBitmap): Promise<ImageSource> {
  const { width, height } = bitmap;
  const levels = Math.ceil(Math.log2(Math.max(width, height) / TILE)) + 1;
  const urls = new Map<string, string>();
  for (let level = 0; level < levels; level++) {
    const scale = 2 ** (levels - 1 - level);
    for (let row = 0; row * TILE * scale < height; row++)
      for (let column = 0; column * TILE * scale < width; column++) {
        const [w, h] = [
          Math.min(TILE, Math.ceil(width / scale) - column * TILE),
          Math.min(TILE, Math.ceil(height / scale) - row * TILE),
        ];
        const canvas = new OffscreenCanvas(w, h);
        const from = TILE * scale;
        canvas.getContext("2d")?.drawImage(bitmap, column * from, row * from, w * scale, h * scale, 0, 0, w, h);
        urls.set(`${level}/${column}_${row}`, URL.createObjectURL(await canvas.convertToBlob()));
      }
  }
  const url = (at: { level: number; column: number; row: number }) =>
    urls.get(`${at.level}/${at.column}_${at.row}`) ?? "";
  return { kind: "tiles", width, height, preview: null, tiles: { width, height, size: TILE, levels, url } };
}

const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

/** Nothing is under way for three frames. */
async function settled(): Promise<boolean> {
  const surface = (editor as unknown as { surface: { settled: boolean } }).surface;
  for (let quiet = 0; quiet < 3; quiet++) {
    await frame();
    if (!surface.settled) return false;
  }
  return true;
}

declare global {
  interface Window {
    lwPictures: { show: typeof show; editor: Editor };
  }
}

window.lwPictures = { show, editor };
