import type { Schemas } from "@/api/types";

export type Mentionable = Schemas["Mentionable"];
const MOST = 6; // names offered at once
const LONGEST = 40; // characters after an @ that may still be a name

/** What is typed after an @ before the caret, with the place of the @; null where no name is being typed. */
export function askedName(text: string, caret: number): { at: number; name: string } | null {
  const at = text.lastIndexOf("@", caret - 1);
  if (at < 0 || (at > 0 && !/[\s(]/.test(text[at - 1] as string))) return null;
  const name = text.slice(at + 1, caret);
  return name.length > LONGEST || name.includes("\n") ? null : { at, name };
}

/** People whose name, or a word of it, begins with what was typed. */
export function offered(people: readonly Mentionable[], name: string): Mentionable[] {
  const wanted = name.toLocaleLowerCase();
  const fits = (one: string) => {
    const whole = one.toLocaleLowerCase();
    return whole.startsWith(wanted) || whole.split(/\s+/).some((word) => word.startsWith(wanted));
  };
  return people.filter((person) => fits(person.name) && person.name.toLocaleLowerCase() !== wanted).slice(0, MOST);
}

/** The text with the name in place of what was typed, and where the caret goes. */
export function withName(text: string, at: number, caret: number, name: string): { text: string; caret: number } {
  const before = `${text.slice(0, at)}@${name} `;
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}

/** Numbers of the people whom the text names: of those chosen, who still stand there; longer names win. */
export function mentionedIn(text: string, people: readonly Mentionable[]): number[] {
  let rest = text;
  const found: number[] = [];
  for (const person of people.toSorted((a, b) => b.name.length - a.name.length)) {
    const name = `@${person.name}`;
    if (!rest.includes(name)) continue;
    rest = rest.replaceAll(name, "");
    found.push(person.number);
  }
  return found;
}
