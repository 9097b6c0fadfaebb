export interface Heading {
  anchor: string;
  title: string;
  level: number;
}

const FENCE = /^ {0,3}(```|~~~)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;

/** The anchors that the server will give to headings written with `#`: letters and digits of the title, numbered where
 * two are alike. */
export function headingsOf(markdown: string): Heading[] {
  const found: Heading[] = [];
  const taken = new Set<string>();
  let fence: string | null = null;
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const mark = FENCE.exec(line)?.[1] ?? null;
    if (mark && (fence === null || fence === mark)) fence = fence === null ? mark : null;
    const match = fence === null ? HEADING.exec(line) : null;
    if (!match) continue;
    const title = match[2]!.replace(/[*_`]/g, "");
    const plain = title
      .normalize("NFKD")
      .replace(/[^\0-\x7f]/g, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "");
    const name = `g-${plain.slice(0, 60) || "section"}`;
    let anchor = name;
    for (let number = 2; taken.has(anchor); number++) anchor = `${name}-${number}`;
    taken.add(anchor);
    found.push({ anchor, title, level: match[1]!.length });
  }
  return found;
}
