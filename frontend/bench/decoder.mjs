// CPU milliseconds of a run of a SAM decoder in the runtime of the page, one thread: node decoder.mjs FILE.onnx
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

const RUNS = 12;
const runtime = createRequire(import.meta.url).resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm");
env.wasm.numThreads = 1;
env.wasm.wasmBinary = readFileSync(runtime);
const session = await InferenceSession.create(new Uint8Array(readFileSync(process.argv[2])));
const fed = (shape, ...values) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return new Tensor("float32", values.length ? Float32Array.from(values) : new Float32Array(size), shape);
};
const feeds = {
  image_embeddings: fed([1, 256, 64, 64]),
  point_coords: fed([1, 2, 2], 500, 400, 0, 0),
  point_labels: fed([1, 2], 1, -1),
  mask_input: fed([1, 1, 256, 256]),
  has_mask_input: fed([1], 0),
  orig_im_size: fed([2], 256, 256),
};
const times = [];
for (let run = 0; run < RUNS; run++) {
  const before = process.cpuUsage();
  await session.run(feeds);
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1000);
}
console.log(JSON.stringify(times.slice(2)));
