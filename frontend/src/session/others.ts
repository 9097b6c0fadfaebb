import { bodyOf, type Known, type News, newsOf, type Stored } from "./known";
import type { OutboxRecord } from "./outbox";
import type { EditsAnswer, Transport } from "./types";

const ASK_AFTER = 250; // ms: another tab tells what it saved sooner than the server could be asked

/** What tabs of one browser tell each other about an annotation. Nothing depends on its coming: the disk says what waits,
 * and the server what was written. */
type Told =
  /** Something was written to the disk. */
  | { readonly kind: "disk" }
  /** The tab that says this sends from now on. */
  | { readonly kind: "taken"; readonly version: number }
  | { readonly kind: "news"; readonly news: News };

export type Channel = Pick<BroadcastChannel, "postMessage" | "close" | "onmessage">;

/** What the session does when something was heard. */
export interface Hears {
  /** Another tab wrote to the disk. */
  disk(): void;
  /** Another tab sends now. */
  taken(): void;
  /** This was written; `onCanvas`: by this tab, or by another one of this device and shown here before. */
  news(news: News, onCanvas: boolean): void;
  /** The document was handed in meanwhile. */
  ended(): void;
}

/** What other tabs and other devices do with the same annotation: tabs tell each other at once, the server is asked. */
export class Others {
  /** The newest version that this tab has heard of. */
  private heard = 0;
  /** Nobody told this tab for a while. */
  private unsure = false;
  private asking: Promise<void> | null = null;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    private readonly annotation: number,
    /** A name that nobody writes under: all that was written is told, also by other tabs of this device. */
    private readonly reader: string,
    private readonly known: Known,
    private readonly transport: Transport,
    private readonly channel: Channel | null,
    private readonly hears: Hears,
    /** Something vanished from the disk that nobody told of. */
    private readonly missed: () => boolean,
  ) {
    if (channel) channel.onmessage = ({ data }: MessageEvent<Told>) => this.told(data);
  }

  /** Something was or may have been written that this tab was not told of. */
  get behind(): boolean {
    return this.unsure || this.heard > this.known.version || this.missed();
  }

  doubt(): void {
    this.unsure = true;
  }

  /** The server cannot be asked at all: its answers to edits tell of conflicts. */
  giveUp(): void {
    this.unsure = false;
    this.heard = 0;
  }

  /** This tab sends now. */
  takes(): void {
    this.tell({ kind: "taken", version: this.known.version });
  }

  /** This tab wrote to the disk. */
  wrote(): void {
    this.tell({ kind: "disk" });
  }

  /** What the answer to edits says was written. A version that none of them made means that somebody else wrote. */
  answered(answer: EditsAnswer, sent: readonly OutboxRecord[]): void {
    const edits = new Map(sent.map((record) => [record.editId, record]));
    const results = answer.accepted.flatMap(({ id, version, changed }): Stored[] => {
      const record = edits.get(id);
      if (!record) return [];
      const { kind, element, after } = record;
      return [{ kind, id: element, version, element: changed ? bodyOf(kind, changed.element) : after }];
    });
    const made = new Set(results.map(({ version }) => version));
    const since = this.known.version;
    let version = since;
    while (made.has(version + 1)) version += 1;
    this.heard = Math.max(this.heard, answer.version);
    this.hear({ since, version, results }, true);
  }

  /** Ask what was written; one question at a time. Rejects with the network's error. */
  catchUp(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  /** Ask in a moment, unless another tab has told it by then. */
  askSoon(): void {
    if (this.soon !== undefined || this.closed) return;
    this.soon = setTimeout(() => {
      this.soon = undefined;
      if (!this.closed && this.behind) void this.catchUp().catch(() => {});
    }, ASK_AFTER);
  }

  private async ask(): Promise<void> {
    for (let more = true; more; ) {
      const since = this.known.version;
      const answer = await this.transport.changes(this.annotation, since, this.reader);
      if (this.closed) return;
      if (answer.stale) return this.hears.ended();
      this.hear(newsOf(since, answer), false);
      more = answer.more;
    }
    this.unsure = false;
  }

  private hear(news: News, onCanvas: boolean): void {
    this.hears.news(news, onCanvas);
    this.tell({ kind: "news", news }); // also that nothing is new: who missed something before learns it by the version
  }

  private told(message: Told): void {
    if (this.closed) return;
    if (message.kind === "disk") return this.hears.disk();
    const { version } = message.kind === "news" ? message.news : message;
    this.heard = Math.max(this.heard, version);
    if (message.kind === "news") this.hears.news(message.news, false);
    else this.hears.taken();
    if (this.behind) this.askSoon();
  }

  private tell(message: Told): void {
    if (!this.closed) this.channel?.postMessage(message);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.soon);
    this.channel?.close();
  }
}
