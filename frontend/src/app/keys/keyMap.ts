import type { Me } from "@/api/me";
import { type KeyMap, normaliseChord, PRESETS } from "@/engine";

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];
type Preferences = Me["preferences"];

/** What a person has changed: the preset that they chose, and over it the keys that they set themselves. */
export function keyMapOf(preferences: Preferences): KeyMap {
  return { ...PRESETS[preferences.key_preset ?? "labelwright"], ...preferences.keys };
}

/** A letter, digit or sign alone, also with Shift: what speech input types by mistake. */
export function isSingleKey(chord: string): boolean {
  return /^(Shift\+)?.$/u.test(normaliseChord(chord));
}

/** Which chords run anything for this person. */
export function usableFor(preferences: Preferences): (chord: string) => boolean {
  return preferences.single_keys === false ? (chord) => !isSingleKey(chord) : () => true;
}
