import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useKeys } from "@/app/keys";
import { coreOf, stepped, termsOf } from "@/lib/selector";
import { copy } from "@/ui/copy";
import { useToast } from "@/ui/toast";
import type { Actions } from "./box";
import { around, type Lineage, type Wish } from "./read";
import type { Box } from "./scene";

export type Patch = (patch: Record<string, string | string[] | undefined>, push?: boolean) => void;

/** What can be done with a lineage, by pointer and by key. Each changes the address. */
export function useActions(wish: Wish, lineage: Lineage, patch: Patch) {
  const navigate = useNavigate();
  const toast = useToast();
  const [picking, setPicking] = useState<{ id: string; name: string }>();
  const { scene, focus } = lineage;
  const step = (box: Box, side: "up" | "down", by = 1) =>
    patch({ select: stepped(wish.select, termFor(box, wish.select), side, by) }, true);
  const selected = wish.box ? scene?.byId.get(wish.box) : undefined;
  const about = selected ?? scene?.focus;
  // Steps from the box that is selected, else of the term that the selector begins with.
  const steps = (side: "up" | "down", by: number) => {
    if (about) return step(about, side, by);
    const first = termsOf(wish.select)?.[0];
    if (first) patch({ select: stepped(wish.select, first.core, side, by) }, true);
  };
  const pick = (box: Box | undefined) => box && !box.fold && setPicking({ id: box.id, name: box.name });
  const open = (id: string) => navigate({ to: "/n/$id", params: { id } });
  const actions: Actions = {
    select: (b) => patch({ box: wish.box === b.id ? undefined : b.id }),
    open: (b) => open(b.id),
    step: (b, side) => step(b, side),
    unfold: (b) => patch({ fold: String((wish.fold ?? 12) + (b.fold?.count ?? 0)) }, true),
    trace: pick,
  };
  const trace = (column: string) => {
    if (!picking) return;
    const text = picking.id === focus ? column : `${picking.id}.${column}`;
    patch({ columns: [...wish.columns.filter((c) => c !== text), text] }, true);
    setPicking(undefined);
  };
  const copySelector = async () => toast((await copy(wish.select)) ? "Selector copied" : "The browser did not copy it");
  useKeys({
    u: { does: "One step more up", group: "Lineage", run: () => steps("up", 1) },
    d: { does: "One step more down", group: "Lineage", run: () => steps("down", 1) },
    U: { does: "One step less up", group: "Lineage", run: () => steps("up", -1) },
    D: { does: "One step less down", group: "Lineage", run: () => steps("down", -1) },
    c: { does: "Trace a column", group: "Lineage", run: () => pick(about) },
    s: { does: "Copy the selector", group: "Lineage", run: copySelector },
    Escape: {
      run: () => {
        if (wish.box) patch({ box: undefined });
        else if (wish.columns.length > 0) patch({ columns: undefined });
      },
    },
  });
  return {
    actions,
    steps,
    pick: about && !about.fold ? () => pick(about) : undefined,
    picking,
    stopPicking: () => setPicking(undefined),
    trace,
    selected,
    open,
    focusOn: (b: Box) =>
      patch(
        {
          select: around({ name: b.name, kind: b.kind, unique_id: b.uniqueId }),
          box: undefined,
          columns: undefined,
          fold: undefined,
        },
        true,
      ),
  };
}

// The name of a box in a selector: as the selector has it, if it does.
function termFor(box: Box, select: string): string {
  const core = coreOf({ name: box.name, kind: box.kind, unique_id: box.uniqueId });
  const first = termsOf(select)?.[0]?.core;
  return box.focus && first ? first : core;
}
