import type { EditQueue, Written } from "./queue";
import type { ChangesAnswer, EditsAnswer, OtherChange, Transport } from "./types";

/** What tabs of one browser tell each other about an annotation. */
type Told =
  | { readonly kind: "changes"; readonly changes: readonly OtherChange[] }
  /** The tab that says this sends from now on. */
  | { readonly kind: "taken" }
  | { readonly kind: "saved"; readonly version: number; readonly elements: readonly Written[] };

/** What other tabs and other devices do with the same annotation: tabs tell each other at once, the server is asked. */
export class Others {
  /** Something may have been written that this tab was not told of. */
  behind = false;
  private readonly channel: BroadcastChannel | null;
  private asking: Promise<void> | null = null;
  /** What another tab changed and has not saved yet, as far as it is on this canvas. */
  private readonly shown = new Set<string>();

  constructor(
    private readonly annotation: number,
    private readonly session: string,
    /** All that was written up to this version is known here. */
    private version: number,
    private readonly queue: EditQueue,
    private readonly transport: Transport,
    private readonly apply: (changes: readonly OtherChange[]) => void,
    /** The document was handed in meanwhile. */
    private readonly ended: () => void,
    /** Another tab sends now. */
    private readonly taken: () => void,
  ) {
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`labelwright:${annotation}`);
    if (this.channel) this.channel.onmessage = ({ data }: MessageEvent<Told>) => this.told(data);
  }

  takes(): void {
    this.tell({ kind: "taken" });
  }

  /** This tab changed something: the others show it too. */
  changed(changes: readonly OtherChange[]): void {
    this.tell({ kind: "changes", changes });
  }

  /** An answer to our edits. A version that is further on than our call made it means that somebody else wrote. */
  answered(answer: EditsAnswer, sent: readonly { kind: string; element: string }[], repeated: boolean): void {
    const kinds = new Map(sent.map(({ kind, element }) => [element, kind]));
    const elements = answer.accepted.map(
      ({ element, version }): Written => [kinds.get(element) ?? "", element, version],
    );
    const own = this.version + (elements.length ? 1 : 0);
    if (repeated || answer.version > own) this.behind = true;
    else this.version = Math.max(this.version, answer.version);
    if (elements.length) this.tell({ kind: "saved", version: this.version, elements });
  }

  /** Ask what others wrote; one question at a time. Rejects with the network's error. */
  catchUp(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async ask(): Promise<void> {
    for (let more = true; more; ) {
      const answer = await this.transport.changes(this.annotation, this.version, this.session);
      if (answer.stale) return this.ended();
      const written = answer.results.map(({ kind, id, version }): Written => [kind, id, version]);
      const changes = answer.results.map(otherChange);
      const taken = this.take(changes, written, answer.version);
      if (taken.length) this.tell({ kind: "changes", changes: taken });
      if (written.length) this.tell({ kind: "saved", version: answer.version, elements: written });
      more = answer.more;
    }
    this.behind = false;
  }

  private told(message: Told): void {
    if (message.kind === "taken") this.taken();
    else if (message.kind === "saved") {
      // What was drawn before this tab listened is not on its canvas: the server has it now.
      if (message.elements.some(([kind, element]) => !this.shown.has(`${kind}:${element}`)))
        return void this.catchUp().catch(() => {});
      this.take([], message.elements, message.version);
    } else for (const { kind, id } of this.take(message.changes, [], 0)) this.shown.add(`${kind}:${id}`);
  }

  /** What waits here is mine and stays on the canvas. It was made over what another tab showed here before it saved that;
   * else the server says whether the two conflict. */
  private take(changes: readonly OtherChange[], written: readonly Written[], version: number): readonly OtherChange[] {
    const free = changes.filter(({ kind, id }) => !this.queue.pending(id, kind));
    const known = written.filter(([kind, element]) => {
      const seen = this.shown.delete(`${kind}:${element}`);
      return seen || !this.queue.pending(element, kind);
    });
    if (known.length) this.queue.know(known);
    this.version = Math.max(this.version, version);
    if (free.length) this.apply(free);
    return free;
  }

  private tell(message: Told): void {
    this.channel?.postMessage(message);
  }

  close(): void {
    this.channel?.close();
  }
}

const otherChange = ({ kind, id, element }: ChangesAnswer["results"][number]): OtherChange =>
  kind === "answer"
    ? { kind, id, element: (element as { value?: unknown } | null)?.value ?? null }
    : { kind: "region", id, element: element ?? null };
