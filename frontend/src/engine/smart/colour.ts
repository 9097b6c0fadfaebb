/** Colours in CIE L*a*b* (D65): distances in it are roughly those that people see. */

const LINEAR = new Float32Array(256);
for (let v = 0; v < 256; v++) {
  const c = v / 255;
  LINEAR[v] = c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

const STEPS = 4096;
const ROOT = new Float32Array(STEPS + 2); // f(t) of the standard for t from 0 to 1
for (let i = 0; i < ROOT.length; i++) {
  const t = i / STEPS;
  ROOT[i] = t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116;
}

/** L, a, b of each pixel, three numbers a pixel. */
export function labOf(rgba: Uint8ClampedArray): Float32Array {
  const pixels = rgba.length / 4;
  const out = new Float32Array(pixels * 3);
  for (let i = 0, at = 0; i < pixels; i++, at += 4) {
    const r = LINEAR[rgba[at] as number] as number;
    const g = LINEAR[rgba[at + 1] as number] as number;
    const b = LINEAR[rgba[at + 2] as number] as number;
    const x = ROOT[(((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047) * STEPS) | 0] as number;
    const y = ROOT[((0.2126729 * r + 0.7151522 * g + 0.072175 * b) * STEPS) | 0] as number;
    const z = ROOT[(((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883) * STEPS) | 0] as number;
    out[i * 3] = 116 * y - 16;
    out[i * 3 + 1] = 500 * (x - y);
    out[i * 3 + 2] = 200 * (y - z);
  }
  return out;
}

/** Euclidean distance of two colours of a list, ΔE*ab. */
export function colourDistance(lab: Float32Array, a: number, b: number): number {
  const l = (lab[a * 3] as number) - (lab[b * 3] as number);
  const u = (lab[a * 3 + 1] as number) - (lab[b * 3 + 1] as number);
  const v = (lab[a * 3 + 2] as number) - (lab[b * 3 + 2] as number);
  return Math.sqrt(l * l + u * u + v * v);
}
