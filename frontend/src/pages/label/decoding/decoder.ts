import type { GeometryOf, ImageSize } from "@/engine/types";
import type { Said, Told } from "./decoder.worker";
import type { Asked, Family } from "./prompting";

/** Where the two halves of a model lie that decodes here. */
export interface Decodable {
  readonly decoder: string;
  readonly embedding: string;
  readonly family: Family;
  readonly image: ImageSize;
}

/** Names in the browser's own record of times. */
const OPENED = "decoder.opened";
const ASKED = "decoder.asked";

/** A mean in which the newest counts most. */
export const lately = (before: number | null, now: number) => (before === null ? now : 0.7 * before + 0.3 * now);

type Mask = GeometryOf["mask"] | null;

/** The project's decoder in a worker of the page. Its runtime is fetched with the first image that is opened. */
class Decoder {
  private worker: Worker | null = null;
  private readonly ready = new Set<number>();
  private readonly opening = new Map<number, { done: () => void; failed: (error: Error) => void }>();
  private readonly asked = new Map<
    number,
    { task: number; done: (mask: Mask) => void; failed: (error: Error) => void }
  >();
  private ids = 0;
  /** ms that an answer takes here, of late. */
  takes = 0;
  /** It cannot run in this browser: the server is asked from then on. */
  private broken = false;

  has(task: number): boolean {
    return this.ready.has(task) && !this.broken;
  }

  /** Fetch what is needed for this image. Rejects where it cannot be decoded here. */
  open(task: number, of: Decodable): Promise<void> {
    if (this.broken) return Promise.reject(new Error("no decoder runs here"));
    if (this.has(task)) return Promise.resolve();
    this.say({ kind: "open", task, ...of });
    return new Promise((done, failed) => this.opening.set(task, { done, failed }));
  }

  /** The mask of prompts, and a number by which the next question refines it. */
  async ask(task: number, asked: Asked, refines: number | null): Promise<{ mask: Mask; refines: number }> {
    const begun = performance.now();
    this.ids += 1;
    const id = this.ids;
    this.say({ kind: "ask", id, task, asked, refines });
    const mask = await new Promise<Mask>((done, failed) => this.asked.set(id, { task, done, failed }));
    this.takes = lately(this.takes, performance.measure(ASKED, { start: begun }).duration);
    return { mask, refines: id };
  }

  private say(said: Said): void {
    this.worker ??= this.started();
    this.worker.postMessage(said);
  }

  private started(): Worker {
    const worker = new Worker(new URL("./decoder.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Told>) => this.heard(data);
    worker.onerror = () => this.broke(new Error("the decoder's worker does not run"));
    return worker;
  }

  private heard(told: Told): void {
    if (told.kind === "opened") {
      this.ready.add(told.task);
      this.takes = told.takes;
      performance.mark(OPENED);
      this.opening.get(told.task)?.done();
      this.opening.delete(told.task);
    } else if (told.kind === "found") {
      this.asked.get(told.id)?.done(told.mask);
      this.asked.delete(told.id);
    } else {
      const error = new Error(told.reason);
      this.ready.delete(told.task);
      this.opening.get(told.task)?.failed(error);
      this.opening.delete(told.task);
      for (const [id, { task, failed }] of this.asked)
        if (task === told.task) {
          this.asked.delete(id);
          failed(error);
        }
    }
  }

  private broke(error: Error): void {
    this.broken = true;
    for (const { failed } of [...this.opening.values(), ...this.asked.values()]) failed(error);
    this.opening.clear();
    this.asked.clear();
    this.worker?.terminate();
    this.worker = null;
  }
}

export const decoder = new Decoder();
