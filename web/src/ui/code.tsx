import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { codeLines, type Parts, type Piece } from "@/lib/codelines";
import { type Named, referredBy, tableOf } from "@/lib/tables";
import { Scroll } from "./scroll";

interface Props {
  text: string;
  parts?: Parts | null;
  /** Tables that the code reads: their names become links. */
  tables?: Named[];
  /** Columns that names within a range mean. */
  columns?: { start: number; end: number; asset: string; column: string }[];
  /** Lines, from 1, that make what is traced. */
  on?: Set<number>;
  label: string;
}

/** Code with line numbers, in the colours of its parts, with tables and columns as links. */
export function Code({ text, parts, tables = [], columns = [], on, label }: Props) {
  const lines = useMemo(() => codeLines(text, parts), [text, parts]);
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another column is traced
  useEffect(() => {
    box.current?.querySelector("li.on")?.scrollIntoView({ block: "nearest" });
  }, [on]);
  return (
    <Scroll className="code" ref={box} label={label}>
      <ol className="lines">
        {lines.map((line, i) => (
          <li key={i} className={on?.has(i + 1) ? "on" : undefined}>
            {draw(line, tables, columns)}
          </li>
        ))}
      </ol>
    </Scroll>
  );
}

type ColumnSpan = NonNullable<Props["columns"]>[number];

function draw(line: Piece[], tables: Named[], columns: ColumnSpan[]) {
  const out: React.ReactNode[] = [];
  for (let i = 0; i < line.length; i++) {
    const piece = line[i];
    if (!piece) continue;
    const name = piece.class === "name" ? dottedFrom(line, i) : undefined;
    const table = name
      ? tableOf(name.parts, tables)
      : piece.class === "sj"
        ? referredBy(piece.text, tables)
        : undefined;
    if (table) {
      out.push(
        <Link
          key={piece.start}
          className="sr"
          to="/n/$id"
          params={{ id: table.id }}
          title={table.unique_id ?? table.name}
        >
          {name ? name.text : piece.text}
        </Link>,
      );
      if (name) i += name.pieces - 1;
      continue;
    }
    const last = name?.parts.at(-1)?.replace(/^["`[]|["`\]]$/g, "");
    const column = name && columns.find((c) => piece.start >= c.start && piece.start < c.end && same(c.column, last));
    if (name && column) {
      out.push(
        <Link
          key={piece.start}
          className="sl"
          to="/n/$id/c/$column"
          params={{ id: column.asset, column: column.column }}
        >
          {name.text}
        </Link>,
      );
      i += name.pieces - 1;
      continue;
    }
    out.push(
      <span key={piece.start} className={piece.class === "name" ? undefined : piece.class}>
        {piece.text}
      </span>,
    );
  }
  return out;
}

const same = (a: string, b: string | undefined) => a.toLowerCase() === b?.toLowerCase();

/** The dotted name that begins with a piece: its parts, its text and how many pieces it has. */
function dottedFrom(line: Piece[], at: number): { parts: string[]; text: string; pieces: number } {
  const first = line[at]?.text ?? "";
  const parts = [first];
  let text = first;
  let n = 1;
  while (line[at + n]?.text === "." && line[at + n + 1]?.class === "name") {
    const next = line[at + n + 1]?.text ?? "";
    parts.push(next);
    text += `.${next}`;
    n += 2;
  }
  return { parts, text, pieces: n };
}
