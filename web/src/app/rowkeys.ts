import { useEffect, useState } from "react";
import { useKeys } from "./keys";

/**
 * The selected row of a list: j and k move it, Enter opens it. The selection is not the focus. Returns its index, -1
 * before the first key, and how to set it.
 */
export function useRowKeys(
  count: number,
  open: (index: number) => void,
): [selected: number, select: (index: number) => void] {
  const [selected, setSelected] = useState(-1);
  const move = (to: number) => {
    const index = Math.max(0, Math.min(count - 1, to));
    if (count === 0) return;
    setSelected(index);
    document.querySelector(`[data-row="${index}"]`)?.scrollIntoView({ block: "nearest" });
  };
  useKeys({
    j: { does: "Next row", group: "Lists", run: () => move(selected + 1) },
    k: { does: "Previous row", group: "Lists", run: () => move(selected - 1) },
    Enter: { does: "Open the row", group: "Lists", run: () => selected >= 0 && open(selected) },
  });
  useEffect(() => {
    if (selected >= count) setSelected(count - 1);
  }, [count, selected]);
  return [selected, setSelected];
}
