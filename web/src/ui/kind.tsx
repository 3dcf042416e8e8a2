import type { ReactNode } from "react";
import { classes } from "@/lib/classes";

interface Mark {
  shape: ReactNode;
  letter: string;
  x: number;
  y: number;
}

// Round comes in, square is built, pointed goes out.
const shapes: Record<string, Mark> = {
  model: {
    shape: <rect className="sh" x="1.3" y="1.3" width="13.4" height="13.4" rx="3" />,
    letter: "M",
    x: 8,
    y: 11.1,
  },
  semantic_model: {
    shape: <path className="sh" d="M4.4 1.3h7.2L15.3 8l-3.7 6.7H4.4L.7 8z" />,
    letter: "E",
    x: 8,
    y: 11.1,
  },
  exposure: { shape: <path className="sh" d="M1.5 2h8.6l4.7 6-4.7 6H1.5z" />, letter: "X", x: 7, y: 11.1 },
  metric: { shape: <path className="sh" d="M8 .6 15.4 8 8 15.4.6 8z" />, letter: "Σ", x: 8, y: 11.1 },
  source: { shape: <circle className="sh" cx="8" cy="8" r="6.9" />, letter: "S", x: 8, y: 11.1 },
  seed: { shape: <path className="sh" d="M1.6 2.6h12.8v5.2a6.4 6.4 0 0 1-12.8 0z" />, letter: "D", x: 8, y: 9.8 },
  snapshot: {
    shape: (
      <>
        <path className="sh" d="M4.2 1.2h10.6v10.6" />
        <rect className="sh" x="1.2" y="3.8" width="11" height="11" rx="1.5" />
      </>
    ),
    letter: "N",
    x: 6.7,
    y: 12.4,
  },
  saved_query: { shape: <path className="sh" d="M1.5 2h8.6l4.7 6-4.7 6H1.5z" />, letter: "Q", x: 7, y: 11.1 },
  column: { shape: <rect className="sh" x="5" y="1.3" width="6" height="13.4" rx="1" />, letter: "", x: 8, y: 11.1 },
  table: {
    shape: (
      <>
        <rect className="sh" x="1.3" y="1.8" width="13.4" height="12.4" />
        <path className="sh" d="M1.3 4.4h13.4" />
      </>
    ),
    letter: "T",
    x: 8,
    y: 12.4,
  },
  macro: { shape: <path className="sh" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" />, letter: "J", x: 8, y: 11.1 },
  test: { shape: <path className="sh" d="M1.8 1.6h12.4v7L8 14.8 1.8 8.6z" />, letter: "T", x: 8, y: 9.9 },
  group: { shape: <rect className="sh" x=".8" y="3" width="14.4" height="10" rx="5" />, letter: "G", x: 8, y: 11.1 },
  analysis: { shape: <path className="sh" d="M1.5 1.5h9.5l3.5 3.5v9.5h-13z" />, letter: "A", x: 8, y: 11.1 },
};

// Kinds drawn in the shape of another one, with a letter of their own.
const alike: Record<string, [shape: string, letter: string]> = {
  ephemeral: ["model", "M"],
  view: ["table", "V"],
  unit_test: ["test", "U"],
  function: ["macro", "F"],
};

/** The mark of a kind: shape, letter and colour, with the kind as its name. */
export function Kind({
  kind,
  materialized,
  size = 16,
}: {
  kind: string;
  materialized?: string | null;
  size?: 13 | 16 | 22;
}) {
  const drawn = kind === "model" && materialized === "ephemeral" ? "ephemeral" : kind;
  const [shape, letter] = alike[drawn] ?? [drawn, undefined];
  const mark = shapes[shape] ?? {
    shape: shapes.analysis?.shape,
    letter: drawn.slice(0, 1).toUpperCase(),
    x: 8,
    y: 11.1,
  };
  return (
    <svg
      className={classes(
        "km",
        `k-${drawn in alike || drawn in shapes ? drawn : "analysis"}`,
        size === 13 && "s12",
        size === 22 && "s20",
      )}
      viewBox="0 0 16 16"
      role="img"
      aria-label={kindName(drawn)}
    >
      {mark.shape}
      <text x={mark.x} y={mark.y}>
        {letter ?? mark.letter}
      </text>
    </svg>
  );
}

/** The name of a kind in a sentence: "semantic model", "ephemeral model". */
export function kindName(kind: string): string {
  return kind === "ephemeral" ? "ephemeral model" : kind.replaceAll("_", " ");
}
