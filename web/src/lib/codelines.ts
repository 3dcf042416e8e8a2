/** A piece of a line of code: its text, the class of its colour, and the range that it belongs to. */
export interface Piece {
  text: string;
  class?: string;
  start: number;
}

/** Parts of a text by class, as the API has them: starts and ends in turn, in bytes of UTF-8. */
export interface Parts {
  keywords: number[];
  functions: number[];
  names: number[];
  strings: number[];
  numbers: number[];
  comments: number[];
  templates: number[];
}

const classOf: [keyof Parts, string][] = [
  ["keywords", "sk"],
  ["functions", "sf"],
  ["names", "name"],
  ["strings", "ss"],
  ["numbers", "sn"],
  ["comments", "sc"],
  ["templates", "sj"],
];

/** Returns the function that turns a position in bytes of UTF-8 into one in the string. */
export function positions(text: string): (byte: number) => number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return (byte) => byte;
  const at = new Map<number, number>();
  let bytes = 0;
  for (let i = 0; i < text.length; ) {
    at.set(bytes, i);
    const code = text.codePointAt(i) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    i += code < 0x10000 ? 1 : 2;
  }
  at.set(bytes, text.length);
  return (byte) => at.get(byte) ?? text.length;
}

/** Cuts a text into lines of pieces. */
export function codeLines(text: string, parts: Parts | null | undefined): Piece[][] {
  const position = positions(text);
  const marks: { start: number; end: number; class: string }[] = [];
  for (const [list, name] of classOf) {
    const spans = parts?.[list] ?? [];
    for (let i = 0; i + 1 < spans.length; i += 2) {
      marks.push({ start: position(spans[i] ?? 0), end: position(spans[i + 1] ?? 0), class: name });
    }
  }
  marks.sort((a, b) => a.start - b.start);
  const lines: Piece[][] = [[]];
  const add = (from: number, to: number, name?: string) => {
    const rows = text.slice(from, to).split("\n");
    let start = from;
    rows.forEach((row, i) => {
      if (i > 0) lines.push([]);
      if (row !== "") lines.at(-1)?.push({ text: row, class: name, start });
      start += row.length + 1;
    });
  };
  let at = 0;
  for (const mark of marks) {
    if (mark.start < at) continue;
    add(at, mark.start);
    add(mark.start, mark.end, mark.class);
    at = mark.end;
  }
  add(at, text.length);
  return lines;
}

/** The number of the line, from 1, on which a position of a string is. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < position; i = text.indexOf("\n", i + 1)) line++;
  return line;
}
