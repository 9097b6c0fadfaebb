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

/** Row-major 0 and 1 bytes of the crop. */
export function decodeMask(counts: string, height: number, width: number): Uint8Array {
  const out = new Uint8Array(height * width);
  let at = 0;
  decodeCounts(counts).forEach((run, i) => {
    const end = Math.min(at + run, out.length);
    if (i % 2 === 1) for (let k = at; k < end; k++) out[(k % height) * width + Math.floor(k / height)] = 1;
    at = end;
  });
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
