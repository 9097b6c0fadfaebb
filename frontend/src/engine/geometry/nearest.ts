const NONE = -1;

/** For each cell the owner of the nearest cell that has one, by the straight way between their middles: the exact
 * distance transform of Felzenszwalb and Huttenlocher with what it found kept, two passes over the grid. 0 owns nothing. */
export function nearestOwners(width: number, height: number, owners: Uint16Array): Uint16Array {
  const rowOf = nearestRows(width, height, owners);
  const out = new Uint16Array(owners.length);
  const at = new Int32Array(width); // columns whose parabolas make the lower envelope
  const from = new Float64Array(width + 1); // where each begins to be the lowest
  for (let y = 0; y < height; y++) {
    const begin = y * width;
    const up = (x: number) => ((rowOf[begin + x] as number) - y) ** 2 + x * x;
    let last = -1;
    for (let x = 0; x < width; x++) {
      if (rowOf[begin + x] === NONE) continue;
      let meets = Number.NEGATIVE_INFINITY;
      while (last >= 0) {
        const before = at[last] as number;
        meets = (up(x) - up(before)) / (2 * (x - before));
        if (meets > (from[last] as number)) break;
        last--;
        meets = Number.NEGATIVE_INFINITY;
      }
      last++;
      at[last] = x;
      from[last] = meets;
    }
    if (last < 0) continue;
    for (let x = 0, i = 0; x < width; x++) {
      while (i < last && (from[i + 1] as number) < x) i++;
      const column = at[i] as number;
      out[begin + x] = owners[(rowOf[begin + column] as number) * width + column] as number;
    }
  }
  return out;
}

/** For each cell the row of the nearest owned cell in its column. */
function nearestRows(width: number, height: number, owners: Uint16Array): Int32Array {
  const rowOf = new Int32Array(owners.length).fill(NONE);
  for (let y = 0; y < height; y++)
    for (let x = 0, i = y * width; x < width; x++, i++)
      rowOf[i] = owners[i] ? y : y > 0 ? (rowOf[i - width] as number) : NONE;
  for (let y = height - 2; y >= 0; y--)
    for (let x = 0, i = y * width; x < width; x++, i++) {
      const [own, below] = [rowOf[i] as number, rowOf[i + width] as number];
      if (below !== NONE && (own === NONE || below - y < y - own)) rowOf[i] = below;
    }
  return rowOf;
}
