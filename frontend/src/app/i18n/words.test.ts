import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { words as de, said } from "./de";
import { words as en } from "./en";

type Words = Record<string, unknown>;

function flat(bundle: Words, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(bundle)) {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === "string") found.set(here, value);
    else for (const [inner, text] of flat(value as Words, here)) found.set(inner, text);
  }
  return found;
}

const areas = (bundles: Record<string, Words>) =>
  new Map(Object.entries(bundles).map(([area, bundle]) => [area, flat(bundle)]));
const english = areas(en);
const german = areas(de);
const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]).sort();

const SOURCE = join(__dirname, "../..");
const sources = (readdirSync(SOURCE, { recursive: true }) as string[])
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|\.d\.ts$/.test(path) && !path.startsWith("engine"))
  .map((path) => ({ path, text: readFileSync(join(SOURCE, path), "utf8") }));

/** Literal keys of a file, each with the areas it may lie in. Keys put together at run time are not seen here. */
function asked(text: string): { key: string; names: string[] }[] {
  const areas = [...text.matchAll(/useTranslation\(\[?\s*"([a-z-]+)"/g)].map((match) => match[1]!);
  const known = areas.length > 0 ? [...new Set(areas)] : ["common"];
  return [...text.matchAll(/\bt\(\s*"([^"]+)"/g)].map(([, key]) => ({
    key: key!,
    names: key!.includes(":") ? [key!] : known.map((area) => `${area}:${key}`),
  }));
}

function has(words: Map<string, Map<string, string>>, name: string): boolean {
  const [area, key] = name.split(":") as [string, string];
  const bundle = words.get(area);
  return Boolean(bundle && (bundle.has(key) || bundle.has(`${key}_other`)));
}

describe("the words of the application", () => {
  it("have the same areas in both languages", () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([...english.keys()])("of %s have the same keys in both languages", (area) => {
    expect([...(german.get(area) ?? new Map()).keys()].sort()).toEqual([...english.get(area)!.keys()].sort());
  });

  it.each([...english.keys()])("of %s fill in the same values in both languages", (area) => {
    const differing = [...english.get(area)!].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(german.get(area)?.get(key) ?? "").join(),
    );
    expect(differing.map(([key]) => key)).toEqual([]);
  });

  it("are never empty", () => {
    const empty = [...english, ...german].flatMap(([area, bundle]) =>
      [...bundle].filter(([, text]) => text.trim() === "").map(([key]) => `${area}:${key}`),
    );
    expect(empty).toEqual([]);
  });

  it("hold every key that the code asks for by name", () => {
    const missing = sources.flatMap(({ path, text }) =>
      asked(text)
        .filter(({ names }) => !names.some((name) => has(english, name)))
        .map(({ key }) => `${path} asks for ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it("have a plural form of both numbers wherever they have one", () => {
    const halves = [...english, ...german].flatMap(([area, bundle]) =>
      [...bundle.keys()]
        .filter((key) => /_(one|other)$/.test(key))
        .map((key) => key.replace(/_(one|other)$/, ""))
        .filter((key) => !(bundle.has(`${key}_one`) && bundle.has(`${key}_other`)))
        .map((key) => `${area}:${key}`),
    );
    expect(halves).toEqual([]);
  });
});

/** Words that say in German what another word says everywhere else. */
const ONE_WORD: [RegExp, string][] = [
  [/\bBox(en)?\b/, "Rechteck"],
  [/annotier|gelabelt|labeln\b/i, "beschriften"],
  [/\bJobs?\b/, "Auftrag"],
  [/\bTasks?\b/, "Aufgabe"],
  [/\bBatch(es)?\b/, "Stapel"],
  [/Kategorie/, "Klasse"],
  [/Leitfaden|Anleitung/, "Richtlinie"],
  [/Überprüfung|\bReviews?\b/, "Prüfung"],
  [/\bTickets?\b|\bIssues?\b/, "Anliegen"],
  [/\bFindings?\b/, "Befund"],
  [/\b(du|dich|dir|dein(e[mnrs]?)?)\b/i, "Sie, Ihr"],
];

describe("the German words", () => {
  it.each(ONE_WORD)("never say %s: there is one word for it", (other, word) => {
    const all = [...german, ["said", flat(said)] as const];
    const found = all.flatMap(([area, bundle]) =>
      [...bundle].filter(([, text]) => other.test(text)).map(([key, text]) => `${area}:${key} “${text}”, say ${word}`),
    );
    expect(found).toEqual([]);
  });

  it("name a shape by the same noun wherever it is named", () => {
    const STEM = 3; // letters that singular and plural share
    const names = new Map<string, Set<string>>();
    for (const bundle of german.values())
      for (const [key, text] of bundle) {
        const shape = /(?:^|\.)(?:shape|shapes|tool)\.(\w+)$/.exec(key)?.[1];
        const noun = text.split(" ").at(-1)?.toLowerCase().slice(0, STEM) ?? "";
        if (shape && !text.includes("{{")) names.set(shape, (names.get(shape) ?? new Set()).add(noun));
      }
    expect(names.size).toBeGreaterThan(8);
    expect([...names].filter(([, nouns]) => nouns.size > 1).map(([shape, nouns]) => [shape, ...nouns])).toEqual([]);
  });
});

describe("the source of the pages", () => {
  // Text between tags that is not put in braces: words there would be in one language only.
  const LITERAL = />\s*([A-Z]?[a-z]{2,}(?: [a-z]+)+[.,]?)\s*<\//g;
  const ATTRIBUTE = /\b(?:aria-label|placeholder|title|alt|label)="([A-Za-z][^"{]*[a-z][^"{]*)"/g;

  it("writes no words straight into the markup", () => {
    const literal = sources
      .filter(({ path }) => path.endsWith(".tsx"))
      .flatMap(({ path, text }) =>
        [...text.matchAll(LITERAL), ...text.matchAll(ATTRIBUTE)].map((match) => `${path}: ${match[1]}`),
      );
    expect(literal).toEqual([]);
  });
});
