/** A change of the text with what is selected afterwards. */
export interface TextChange {
  text: string;
  start: number;
  end: number;
}

/** Marks around what is selected, taken off again where they stand already. */
export function wrap(text: string, start: number, end: number, mark: string): TextChange {
  const inside = text.slice(start, end);
  if (text.slice(start - mark.length, start) === mark && text.slice(end, end + mark.length) === mark)
    return {
      text: text.slice(0, start - mark.length) + inside + text.slice(end + mark.length),
      start: start - mark.length,
      end: end - mark.length,
    };
  return {
    text: text.slice(0, start) + mark + inside + mark + text.slice(end),
    start: start + mark.length,
    end: end + mark.length,
  };
}

/** A prefix before every line that is selected, taken off where each has it. */
export function prefixLines(text: string, start: number, end: number, prefix: string): TextChange {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const to = text.indexOf("\n", end) === -1 ? text.length : text.indexOf("\n", end);
  const lines = text.slice(from, to).split("\n");
  const has = lines.every((line) => line.startsWith(prefix));
  const next = lines.map((line) => (has ? line.slice(prefix.length) : prefix + line)).join("\n");
  return { text: text.slice(0, from) + next + text.slice(to), start: from, end: from + next.length };
}

export function insert(text: string, start: number, end: number, piece: string): TextChange {
  return {
    text: text.slice(0, start) + piece + text.slice(end),
    start: start + piece.length,
    end: start + piece.length,
  };
}
