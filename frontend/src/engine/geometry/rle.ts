/** COCO's compressed run lengths: five bits a character from '0' on, each count after the third as a difference to the
 * count two before. Runs go down the columns and start with background. */
export function decodeCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let shift = 0;
    for (let more = true; more; shift += 5) {
      const code = text.charCodeAt(at++) - 48;
      if (!(code >= 0 && code < 64)) throw new RangeError(`run length text has character ${at - 1} outside '0' to 'o'`);
      value += (code & 31) * 2 ** shift;
      more = (code & 32) !== 0;
      if (!more && code & 16) value -= 2 ** (shift + 5);
    }
    counts.push(counts.length > 2 ? value + (counts[counts.length - 2] as number) : value);
  }
  return counts;
}

/** The inverse of `decodeCounts`: byte for byte what pycocotools writes of the same runs. Runs are below 2³¹ pixels. */
export function encodeCounts(runs: readonly number[]): string {
  const codes: number[] = [];
  let text = "";
  for (let i = 0; i < runs.length; i++) {
    let value = i > 2 ? (runs[i] as number) - (runs[i - 2] as number) : (runs[i] as number);
    for (let more = true; more; ) {
      const bits = value & 31;
      value >>= 5;
      more = bits & 16 ? value !== -1 : value !== 0;
      codes.push((more ? bits | 32 : bits) + 48);
    }
    if (codes.length > 4096) text += String.fromCharCode(...codes.splice(0));
  }
  return text + String.fromCharCode(...codes);
}

/** Run lengths of row-major 0 and 1 bytes, down the columns, background first. */
export function runsOf(bits: Uint8Array, height: number, width: number): number[] {
  const pixels = turned(bits, height, width);
  const runs: number[] = [];
  for (let at = 0, value = 0; at < pixels.length; value = 1 - value) {
    const next = pixels.indexOf(1 - value, at);
    const end = next < 0 ? pixels.length : next;
    runs.push(end - at);
    at = end;
  }
  return runs;
}

/** Row-major 0 and 1 bytes of the crop. */
export function decodeMask(counts: string, height: number, width: number): Uint8Array {
  const columns = new Uint8Array(height * width);
  let at = 0;
  decodeCounts(counts).forEach((run, i) => {
    if (i % 2 === 1) columns.fill(1, at, at + run);
    at += run;
  });
  return turned(columns, width, height);
}

const BLOCK = 64; // pixels: a block of both sides stays in the fast cache

/** Rows become columns: out[x * height + y] = bytes[y * width + x]. */
function turned(bytes: Uint8Array, height: number, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let y0 = 0; y0 < height; y0 += BLOCK)
    for (let x0 = 0; x0 < width; x0 += BLOCK) {
      const y1 = Math.min(y0 + BLOCK, height);
      const x1 = Math.min(x0 + BLOCK, width);
      for (let x = x0; x < x1; x++) for (let y = y0; y < y1; y++) out[x * height + y] = bytes[y * width + x] as number;
    }
  return out;
}

export function maskArea(counts: string): number {
  return decodeCounts(counts).reduce((sum, run, i) => sum + (i % 2 === 1 ? run : 0), 0);
}

/** Is the pixel in column `x`, row `y` of the crop set? */
export function maskHas(counts: string, height: number, x: number, y: number): boolean {
  const wanted = x * height + y;
  let at = 0;
  const runs = decodeCounts(counts);
  for (let i = 0; i < runs.length; i++) {
    at += runs[i] as number;
    if (wanted < at) return i % 2 === 1;
  }
  return false;
}
