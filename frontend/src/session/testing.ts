import type { Change, Region } from "../engine/types";
import { type ChangesAnswer, type EditsAnswer, type EditsRequest, type Transport, TransportError } from "./types";

export const region = (id: string, x = 0): Region =>
  ({ id, class: 1, shape: "box", geometry: { x, y: 0, w: 10, h: 10 }, attributes: {} }) as Region;
export const put = (id: string, x = 0): Change => ({ kind: "region", id, before: null, after: region(id, x) });
export const del = (id: string): Change => ({ kind: "region", id, before: region(id), after: null });
export const user = (...changes: Change[]) => ({ origin: "user", changes });

type Fault = "down" | "answerLost" | { status: number; code: string };

/** The rules of saving as the contract has them, in memory, with faults on demand. */
export class FakeServer implements Transport {
  version = 0;
  elements = new Map<string, { version: number; deleted: boolean; body: unknown; session: string }>();
  log = new Map<string, EditsAnswer["accepted"][number]>();
  faults: Fault[] = [];
  calls: EditsRequest[] = [];
  activeMs = 0;
  refuse = new Set<string>();
  submitted: unknown[] = [];
  beats: number[] = [];

  blobs = new Map<string, string>();
  lostBlobs = 0;

  async putBlob(_project: number, sha256: string, bytes: Uint8Array): Promise<void> {
    if (this.lostBlobs-- > 0) throw new TypeError("network");
    this.blobs.set(sha256, new TextDecoder().decode(bytes));
  }

  async sendEdits(_annotation: number, body: EditsRequest): Promise<EditsAnswer> {
    this.calls.push(structuredClone(body));
    const fault = this.faults.shift();
    if (fault === "down") throw new TypeError("network");
    if (fault && typeof fault === "object") throw new TransportError(fault.status, fault.code, "no");
    const answer = this.apply(body);
    if (fault === "answerLost") throw new TypeError("network");
    return answer;
  }

  private apply(body: EditsRequest): EditsAnswer {
    const answer: EditsAnswer = {
      version: this.version,
      accepted: [],
      conflicts: [],
      rejected: [],
      findings: [],
      rules_pending: [],
    };
    const fresh = body.edits.filter((edit) => !this.log.has(edit.id));
    const next = this.version + 1;
    for (const edit of body.edits) {
      const repeated = this.log.get(edit.id);
      if (repeated) {
        answer.accepted.push(repeated);
        continue;
      }
      const element = edit.element_id ?? (edit.region as { id: string } | undefined)?.id ?? edit.answer?.id ?? "";
      if (this.refuse.has(element)) {
        answer.rejected.push({ id: edit.id, code: "bad_geometry", detail: `${element} is bad` });
        continue;
      }
      const held = this.elements.get(element);
      const same = (held?.version ?? null) === edit.over || held?.session === body.session;
      if (!same) {
        const theirs = {
          kind: "region",
          version: held?.version ?? 0,
          deleted: held?.deleted ?? true,
          element: held?.body,
        };
        answer.conflicts.push({ id: edit.id, element, theirs });
        continue;
      }
      const row = {
        version: next,
        deleted: edit.op === "delete",
        body: edit.region ?? edit.answer?.value,
        session: body.session,
      };
      this.elements.set(element, row);
      const accepted = { id: edit.id, element, version: next };
      this.log.set(edit.id, accepted);
      answer.accepted.push(accepted);
      this.version = next;
    }
    if (fresh.length) this.activeMs += body.active_ms;
    return { ...answer, version: this.version };
  }

  async changes(_annotation: number, since: number, session: string): Promise<ChangesAnswer> {
    const results = [...this.elements]
      .filter(([, row]) => row.version > since && row.session !== session)
      .map(([id, row]) => ({ kind: "region", id, version: row.version, element: row.deleted ? null : row.body }));
    return { version: this.version, results, more: false, stale: false };
  }

  /** Another device writes. */
  elsewhere(id: string, x: number): void {
    this.version += 1;
    this.elements.set(id, { version: this.version, deleted: false, body: region(id, x), session: "other" });
  }

  x(id: string): number | undefined {
    return (this.elements.get(id)?.body as { geometry: { x: number } } | undefined)?.geometry.x;
  }

  rows() {
    return [...this.elements]
      .filter(([, row]) => !row.deleted)
      .map(([, row]) => ({ kind: "region" as const, version: row.version, element: row.body }));
  }

  async heartbeat(_a: number, body: { active_ms: number }) {
    this.beats.push(body.active_ms);
    return { expires_at: "2030-01-01T00:00:00Z" };
  }
  async submit(_a: number, body: unknown) {
    this.submitted.push(body);
    return { revision: { id: 1, number: 1 } };
  }
  async skip() {}
  async release() {}
  async park() {}
}
