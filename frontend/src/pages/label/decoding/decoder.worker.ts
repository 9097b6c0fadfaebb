import runtime from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { env, Tensor as Fed, InferenceSession } from "onnxruntime-web/wasm";
import type { GeometryOf, ImageSize } from "@/engine/types";
import { type Asked, bestOf, type Family, feedsOf, maskOfLogits, OUTPUTS } from "./prompting";
import { type Tensor, unpacked } from "./tensors";

/** What the page says to the worker. `open` comes first; an embedding stays until others push it out. */
export type Said =
  | {
      readonly kind: "open";
      readonly task: number;
      readonly decoder: string;
      readonly embedding: string;
      readonly family: Family;
      readonly image: ImageSize;
    }
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly task: number;
      readonly asked: Asked;
      readonly refines: number | null;
    };

export type Told =
  | { readonly kind: "opened"; readonly task: number; readonly takes: number } // ms of an answer
  | { readonly kind: "failed"; readonly task: number; readonly reason: string }
  | { readonly kind: "found"; readonly id: number; readonly mask: GeometryOf["mask"] | null };

interface Open {
  readonly session: InferenceSession;
  readonly family: Family;
  readonly image: ImageSize;
  readonly embedding: ReadonlyMap<string, Tensor>;
}

const KEPT = 3; // embeddings, of 4 to 17 MB as they are fed

// One thread: on two cores two of them took twice as long (docs/developer/smart-tool.md).
env.wasm.numThreads = 1;
env.wasm.wasmPaths = { wasm: runtime };

const sessions = new Map<string, Promise<InferenceSession>>();
const open = new Map<number, Open>();
let last: { id: number; low: Float32Array } | null = null;

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Said>) => void;
  postMessage: (told: Told) => void;
};
const tell = (told: Told) => scope.postMessage(told);

async function bytesOf(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return answer.arrayBuffer();
}

function sessionOf(url: string): Promise<InferenceSession> {
  const made =
    sessions.get(url) ??
    bytesOf(url).then((bytes) => InferenceSession.create(new Uint8Array(bytes), { executionProviders: ["wasm"] }));
  sessions.set(url, made);
  made.catch(() => sessions.delete(url));
  return made;
}

async function opened(said: Extract<Said, { kind: "open" }>): Promise<number> {
  const { task, family, image } = said;
  const [session, bytes] = await Promise.all([sessionOf(said.decoder), bytesOf(said.embedding)]);
  const one: Open = { session, family, image, embedding: unpacked(bytes) };
  const middle = { points: [{ x: image.width / 2, y: image.height / 2 }] };
  await decoded(one, middle, null); // the first run of a session is several times as slow as those after it
  const begun = performance.now();
  maskOfLogits(await decoded(one, middle, null), family, image);
  const takes = performance.now() - begun;
  open.delete(task);
  open.set(task, one);
  for (const old of open.keys()) if (open.size > KEPT) open.delete(old);
  return takes;
}

async function decoded(one: Open, asked: Asked, before: Float32Array | null): Promise<Float32Array> {
  const feeds = feedsOf(one.family, one.embedding, asked, before, one.image);
  const outputs = await one.session.run(
    Object.fromEntries(
      [...feeds].map(([name, { data, shape }]) => [
        name,
        data instanceof BigInt64Array ? new Fed("int64", data, [...shape]) : new Fed("float32", data, [...shape]),
      ]),
    ),
  );
  const [masks, scores] = OUTPUTS[one.family].map((name) => {
    const found = outputs[name];
    if (!found) throw new Error(`the decoder has no output ${name}`);
    return { shape: found.dims, data: found.data as Float32Array };
  });
  return bestOf(masks as Tensor, scores as Tensor);
}

async function answered({ id, task, asked, refines }: Extract<Said, { kind: "ask" }>): Promise<void> {
  const one = open.get(task);
  if (!one) throw new Error("the image is not open");
  const low = await decoded(one, asked, refines !== null && last?.id === refines ? last.low : null);
  last = { id, low };
  tell({ kind: "found", id, mask: maskOfLogits(low, one.family, one.image) });
}

scope.onmessage = ({ data }) => {
  const done =
    data.kind === "open"
      ? opened(data).then((takes) => tell({ kind: "opened", task: data.task, takes }))
      : answered(data);
  done.catch((error: unknown) => tell({ kind: "failed", task: data.task, reason: String(error) }));
};
