import type { Schemas } from "@/api/types";

export type Version = Schemas["VersionOut"];
export type Item = Schemas["VersionItemOut"];

export const versionsKey = (project: number) => ["project", project, "versions"] as const;

const COLOURS = ["var(--lw-chart-1)", "var(--lw-ok)", "var(--lw-warn)", "var(--lw-chart-2)", "var(--lw-text-3)"];

const FIRST = ["train", "val", "test"]; // others follow by name

/** The splits of a version in the order that people think of them. */
export function splitNames(version: Pick<Version, "shares">): string[] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return Object.keys(version.shares?.shares ?? {}).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

/** One colour a split, by its place in the version's list. */
export function colourOf(names: string[], name: string): string {
  return COLOURS[Math.max(0, names.indexOf(name)) % COLOURS.length]!;
}

/** Whole percents of the named splits as shares; what is left is the first one's. */
export function sharesOf(first: string, others: Record<string, number>): Record<string, number> {
  const used = Object.entries(others).filter(([, percent]) => percent > 0);
  const rest = 100 - used.reduce((sum, [, percent]) => sum + percent, 0);
  return Object.fromEntries([[first, rest / 100], ...used.map(([name, percent]) => [name, percent / 100] as const)]);
}
