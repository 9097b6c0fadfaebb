import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { levelFor, tilesIn } from "@/engine/image/tiles";
import type { ElementRow } from "@/engine/types";
import type { ClaimDocument, DeskOptions, Work } from "./desk";
import { encodeAhead } from "./model";
import { picture, tileSetOf } from "./pictures";

type Promised = Schemas["Promise"];

const RENEW = 100_000; // ms: a promise lasts two minutes
const IN_USE = 5 * 60_000; // ms since the last sign of life: a forgotten tab keeps nothing from others
const SLACK = 5_000; // ms before its end in which a promise is no longer relied on
const HEAD = 12; // tiles of a large image that are fetched beforehand

/** The next task: promised by the server, and its picture fetched and decoded while another is worked on. */
export class Ahead {
  private promised: Promised | null = null;
  private decoded = false;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private used = Date.now();
  private readonly stop = new AbortController();

  constructor(
    private readonly options: Pick<DeskOptions, "stage" | "only">,
    private readonly now: () => number = Date.now,
  ) {
    if (typeof window === "undefined") return;
    const use = () => {
      this.used = this.now();
    };
    for (const event of ["pointermove", "pointerdown", "keydown"])
      window.addEventListener(event, use, { passive: true, signal: this.stop.signal });
  }

  /** The slot that the next claim should bring. */
  get slot(): number | undefined {
    return this.promised?.slot;
  }

  /** What can be shown at once instead of `doc`. */
  ready(doc: ClaimDocument): Promised | null {
    const { promised } = this;
    if (!promised || !this.decoded || promised.schema_version !== doc.schema.number) return null;
    return Date.parse(promised.until) - SLACK > this.now() ? promised : null;
  }

  /** Ask for the task after this one, once the picture of this one is there: on a slow line it must not wait. */
  async ask(doc: ClaimDocument): Promise<void> {
    this.forget();
    this.asked += 1;
    const asked = this.asked;
    await picture(doc.asset.urls.preview).catch(() => {});
    if (asked === this.asked) await this.fetch(doc.project.id, asked);
  }

  private async fetch(project: number, asked: number): Promise<void> {
    const { stage, only } = this.options;
    const before = this.promised;
    const body = { stage, ...only, ...(before && { again: before.slot }) };
    const path = `/projects/${project}/tasks/promise`;
    const promised = await api.post<Promised | undefined>(path, body, { background: true }).catch(() => undefined);
    if (asked !== this.asked) return void (promised && this.letGo(project, promised.slot));
    this.promised = promised ?? null;
    if (!promised) return;
    this.timer = setTimeout(() => {
      if (!document.hidden && this.now() - this.used < IN_USE) void this.fetch(project, asked);
    }, RENEW);
    if (before?.slot === promised.slot) return;
    this.decoded = false;
    await picture(promised.asset.urls.preview).catch(() => {});
    if (this.promised !== promised) return;
    this.decoded = true;
    fetchHead(promised.asset);
    encodeAhead(project, promised.task.id);
  }

  /** The claim is on its way: what was promised is work now. */
  forget(): void {
    clearTimeout(this.timer);
    this.asked += 1;
    this.promised = null;
    this.decoded = false;
  }

  /** Nothing of this project is needed any more: others may have it at once. */
  close(project: number | null): void {
    const slot = this.slot;
    this.forget();
    this.stop.abort();
    if (slot !== undefined && project !== null) this.letGo(project, slot);
  }

  private letGo(project: number, slot: number): void {
    const body = { stage: this.options.stage, slots: [slot] };
    void api
      .post(`/projects/${project}/tasks/promise/let-go`, body, { keepalive: true, background: true })
      .catch(() => {});
  }
}

/** The first tiles that a large image will show: those of the whole of it on this screen. They stay in the browser's cache. */
function fetchHead(asset: Promised["asset"]): void {
  const set = tileSetOf(asset);
  if (!set) return;
  const fit = Math.min(window.innerWidth / set.width, window.innerHeight / set.height) * window.devicePixelRatio;
  for (const tile of tilesIn(set, levelFor(set, fit), [0, 0, set.width, set.height]).slice(0, HEAD))
    void fetch(set.url(tile), { mode: "cors", credentials: "omit", priority: "low" }).catch(() => {});
}

/** The promised task as it can be shown before it is claimed: to look at, and nothing of the last task in it. */
export function comingWork(promised: Promised, doc: ClaimDocument): Work {
  const shown = {
    ...doc,
    task: promised.task,
    asset: promised.asset,
    assignment: { ...doc.assignment, id: 0, token: 0, state: "held" as const },
    annotation: {
      ...doc.annotation,
      id: 0,
      task: promised.task.id,
      edited: false,
      elements: promised.elements,
      elements_url: null,
    },
    revision: null,
    previous: null,
    last_review: null,
    marks: [],
    issues: [],
    questions: [],
    predictions: [],
    findings: [],
    remaining: doc.remaining === null ? null : Math.max(0, doc.remaining - 1),
  };
  return { doc: shown, elements: (promised.elements ?? []) as unknown as ElementRow[], session: null, coming: true };
}
