import type { ViewSettings } from "../public";

/** How the picture's values are shown: a table for all channels, then which channels. Only a look: no value is changed. */
export type Look = Pick<ViewSettings, "gamma" | "channel" | "equalise">;

export type Channel = "all" | "red" | "green" | "blue" | "alpha";
export const CHANNELS = ["all", "red", "green", "blue", "alpha"] as const satisfies readonly Channel[];

/** What a picture of so many samples a pixel can show alone: grey ones nothing but alpha, where they have it. */
export const channelsOf = (samples: number): readonly Channel[] =>
  samples === 1 ? ["all"] : samples === 2 ? ["all", "alpha"] : samples === 3 ? CHANNELS.slice(0, 4) : CHANNELS;

const VALUES = 256;

/** How often each value occurs, in one channel or in the brightness of all. What is wholly transparent does not count. */
export function histogramOf(rgba: Uint8ClampedArray, channel: Channel): Uint32Array {
  const counts = new Uint32Array(VALUES);
  const only = { red: 0, green: 1, blue: 2, alpha: 3, all: -1 }[channel];
  for (let i = 0; i + 3 < rgba.length; i += 4) {
    if (!rgba[i + 3] && only !== 3) continue;
    const [r, g, b] = [rgba[i] as number, rgba[i + 1] as number, rgba[i + 2] as number];
    // Rec. 709 brightness in whole numbers.
    const value = only < 0 ? (r * 54 + g * 183 + b * 19) >> 8 : (rgba[i + only] as number);
    counts[value] = (counts[value] as number) + 1;
  }
  return counts;
}

/** The table that makes all values equally frequent: the share of pixels that are darker. */
export function equalising(counts: Uint32Array): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const first = counts.find((count) => count > 0) ?? 0;
  if (total === first) return Array.from(counts, (_, value) => value / (VALUES - 1)); // one value or none: as it is
  let below = 0;
  return Array.from(counts, (count) => {
    below += count;
    return Math.max(0, (below - first) / (total - first));
  });
}

/** What each of 256 values is shown as, 0 to 1. */
export function toneTable({ gamma }: Pick<Look, "gamma">, counts: Uint32Array | null): number[] {
  const base = counts ? equalising(counts) : Array.from({ length: VALUES }, (_, value) => value / (VALUES - 1));
  return base.map((value) => value ** (1 / gamma));
}

const GREY_OF: Record<Exclude<Channel, "all">, number> = { red: 0, green: 1, blue: 2, alpha: 3 };

/** Four rows of five, as colour matrices are written: one channel as grey; alpha as what it hides and shows. */
export function channelMatrix(channel: Exclude<Channel, "all">): number[] {
  const from = [0, 0, 0, 0, 0].map((_, i) => (i === GREY_OF[channel] ? 1 : 0));
  return [...from, ...from, ...from, ...(channel === "alpha" ? [0, 0, 0, 0, 1] : [0, 0, 0, 1, 0])];
}

export const isPlain = ({ gamma, channel, equalise }: Look): boolean => gamma === 1 && channel === "all" && !equalise;
