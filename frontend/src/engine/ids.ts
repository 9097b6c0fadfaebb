let last = { now: 0, count: 0 };

/** UUID of version 7: sorts by when it was made, also within one millisecond and when the clock is set back. Needs only
 * `getRandomValues`, which plain http on a LAN has too. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  last = now > last.now ? { now, count: 0 } : { now: last.now, count: last.count + 1 };
  if (last.count > 0xfff) last = { now: last.now + 1, count: 0 };
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(last.now / 2 ** (8 * (5 - i))) & 255;
  bytes[6] = (last.count >> 8) | 0x70;
  bytes[7] = last.count & 255;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Sorts ids by when their elements were made: what was imported stands first, in the order in which the server keeps
 * elements, what was drawn follows by its time. */
export function byMaking(a: string, b: string): number {
  const [drawnA, drawnB] = [isTimed(a), isTimed(b)];
  if (drawnA === drawnB) return a < b ? -1 : a > b ? 1 : 0;
  return Number(drawnA) - Number(drawnB);
}

function isTimed(id: string): boolean {
  return id.length === 36 && id[14] === "7";
}
