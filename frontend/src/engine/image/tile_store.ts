import { keyOf, type TileAt, type TileSet } from "./tiles";

const AT_ONCE = 6; // requests: what browsers allow a server on HTTP/1
const KEPT = 240; // decoded tiles of 1 MB: enough for two screens at four levels
const RETRY = [1_000, 4_000, 15_000]; // ms before a tile that failed is asked for again

type Load = (url: string, signal: AbortSignal) => Promise<ImageBitmap>;

const fetchTile: Load = async (url, signal) => {
  const response = await fetch(url, { mode: "cors", credentials: "omit", signal });
  if (!response.ok) throw new Error(`tile: HTTP ${response.status}`);
  return createImageBitmap(await response.blob());
};

/** Decoded tiles of one image: what is wanted is fetched, nearest first; what is no longer wanted is called off. */
export class TileStore {
  private readonly kept = new Map<string, ImageBitmap>();
  private readonly loading = new Map<string, AbortController>();
  private readonly failed = new Map<string, { times: number; until: number }>();
  private wanted: readonly TileAt[] = [];
  private ended = false;

  constructor(
    private readonly set: TileSet,
    private readonly arrived: () => void,
    private readonly load: Load = fetchTile,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(tile: TileAt): ImageBitmap | undefined {
    const key = keyOf(tile);
    const bitmap = this.kept.get(key);
    if (bitmap) {
      this.kept.delete(key); // to the end: the first ones are dropped first
      this.kept.set(key, bitmap);
    }
    return bitmap;
  }

  /** All that is on the screen now, the most important first. */
  want(tiles: readonly TileAt[]): void {
    this.wanted = tiles;
    const keys = new Set(tiles.map(keyOf));
    for (const [key, stop] of this.loading) if (!keys.has(key)) stop.abort();
    this.next();
  }

  get settled(): boolean {
    return this.loading.size === 0;
  }

  dispose(): void {
    this.ended = true;
    for (const stop of this.loading.values()) stop.abort();
    for (const bitmap of this.kept.values()) bitmap.close?.();
    this.kept.clear();
  }

  private next(): void {
    for (const tile of this.wanted) {
      if (this.loading.size >= AT_ONCE || this.ended) return;
      const key = keyOf(tile);
      const failure = this.failed.get(key);
      if (this.kept.has(key) || this.loading.has(key) || (failure && failure.until > this.now())) continue;
      void this.fetch(tile, key);
    }
  }

  private async fetch(tile: TileAt, key: string): Promise<void> {
    const stop = new AbortController();
    this.loading.set(key, stop);
    try {
      const bitmap = await this.load(this.set.url(tile), stop.signal);
      if (this.ended) return bitmap.close?.();
      this.keep(key, bitmap);
    } catch {
      if (!stop.signal.aborted) this.fail(key);
    } finally {
      this.loading.delete(key);
      if (!this.ended) this.next();
    }
  }

  private keep(key: string, bitmap: ImageBitmap): void {
    this.failed.delete(key);
    this.kept.set(key, bitmap);
    for (const [oldest, old] of this.kept) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
      old.close?.();
    }
    this.arrived();
  }

  private fail(key: string): void {
    const times = (this.failed.get(key)?.times ?? 0) + 1;
    const after = RETRY[Math.min(times, RETRY.length) - 1] as number;
    this.failed.set(key, { times, until: this.now() + after });
    setTimeout(() => !this.ended && this.next(), after + 1);
  }
}
