/** Intersection over union of two masks, a byte a pixel. */
export function iouOf(a: Uint8Array, b: Uint8Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < a.length; i++) {
    both += (a[i] as number) & (b[i] as number);
    either += (a[i] as number) | (b[i] as number);
  }
  return either ? both / either : 1;
}

/** The place farthest from the border of the largest error, and whether it is missing from what was found. */
export function farthestError(truth: Uint8Array, found: Uint8Array, w: number, h: number) {
  let best: { x: number; y: number; missing: boolean } | null = null;
  let most = 0;
  for (const missing of [true, false]) {
    const wrong = truth.map((t, i) => (t !== found[i] && (t === 1) === missing ? 1 : 0));
    const depth = depthOf(wrong, w, h);
    for (let at = 0; at < depth.length; at++) {
      if ((depth[at] as number) <= most) continue;
      most = depth[at] as number;
      best = { x: (at % w) + 0.5, y: Math.floor(at / w) + 0.5, missing };
    }
  }
  return best;
}

/** Three times the distance to the nearest pixel that is not set or lies outside (chamfer 3-4). */
function depthOf(bits: Uint8Array, w: number, h: number): Int32Array {
  const out = new Int32Array(w * h);
  const pass = (forward: boolean) => {
    const [s, rows, columns] = forward ? [-1, 0, 0] : [1, h - 1, w - 1];
    for (let y = rows; y >= 0 && y < h; y -= s)
      for (let x = columns; x >= 0 && x < w; x -= s) {
        const at = y * w + x;
        if (!bits[at]) continue;
        const value = (dx: number, dy: number) =>
          x + dx < 0 || y + dy < 0 || x + dx >= w || y + dy >= h ? 0 : (out[at + dy * w + dx] as number);
        const near = Math.min(value(s, 0) + 3, value(0, s) + 3, value(s, s) + 4, value(-s, s) + 4);
        out[at] = forward ? near : Math.min(out[at] as number, near);
      }
  };
  pass(true);
  pass(false);
  return out;
}
