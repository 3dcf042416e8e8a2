import { useEffect, useRef } from "react";
import type { Schemas } from "@/api/client";
import { classes } from "@/lib/classes";
import { useRowWindow } from "@/lib/window";
import type { Column, Sort } from "./columns";

interface Props {
  rows: Schemas["ResourceAsset"][];
  columns: Column[];
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
  selected: number;
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; isError: boolean; fetchNextPage: () => unknown };
}

const ahead = 120; // rows: the next page is read before its first row is on the screen

/** The rows that are on the screen, of those read so far; it reads on while one scrolls. */
export function Table({ rows, columns, sort, onSort, selected, more }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  const w = useRowWindow(rows.length, body);
  const near = w.end > rows.length - ahead;
  useEffect(() => {
    // After an error the user decides: "Show more" is below.
    if (near && more.hasNextPage && !more.isFetchingNextPage && !more.isError) more.fetchNextPage();
  }, [near, more]);
  return (
    <table className="table fixed fold" aria-rowcount={rows.length}>
      <thead>
        <tr>
          {columns.map((c) => (
            <Head key={c.name} column={c} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {w.above > 0 && <Space height={w.above} columns={columns.length} />}
        {rows.slice(w.start, w.end).map((row, i) => (
          <tr
            key={row.id}
            data-row={w.start + i}
            aria-rowindex={w.start + i + 1}
            className={classes(w.start + i === selected && "sel", !row.attributes.present && "off")}
          >
            {columns.map((c) => (
              <td
                key={c.name}
                className={classes(
                  "cut",
                  c.numeric && "num",
                  c.name === "name" ? "full" : c.name === "description" ? "full t2" : "t2",
                  ["database", "package", "path"].includes(c.name) && "hidenarrow",
                )}
              >
                {c.cell
                  ? c.cell(row)
                  : (c.text(row) ?? <span className="t3">{c.name === "description" ? "no description" : "–"}</span>)}
              </td>
            ))}
          </tr>
        ))}
        {w.below > 0 && <Space height={w.below} columns={columns.length} />}
      </tbody>
    </table>
  );
}

function Head({ column, sort, onSort }: { column: Column; sort: Sort | undefined; onSort: (sort: Sort) => void }) {
  const down = sort === `-${column.sort}`;
  const up = column.sort !== undefined && sort === column.sort;
  // Of numbers the largest come first.
  const next = (column.numeric ? !down : up) ? `-${column.sort}` : column.sort;
  return (
    <th
      scope="col"
      className={column.numeric ? "num" : undefined}
      style={{ width: column.width }}
      aria-sort={up ? "ascending" : down ? "descending" : undefined}
    >
      {column.sort ? (
        <button type="button" onClick={() => onSort(next as Sort)}>
          {column.title}
          {up ? " ↑" : down ? " ↓" : ""}
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}

// Takes the place of the rows that are not drawn.
function Space({ height, columns }: { height: number; columns: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row without content cannot get focus
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );
}
