import type { LinkProps } from "@tanstack/react-router";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

/** A step of the way to a page; without a link it is text. */
export interface Crumb {
  name: string;
  link?: LinkProps;
}

const Value = createContext<Crumb[]>([]);
const SetValue = createContext<(crumbs: Crumb[]) => void>(() => {});

/** Holds the way to the page that is shown. */
export function CrumbsProvider({ children }: { children: ReactNode }) {
  const [crumbs, setCrumbs] = useState<Crumb[]>([]);
  return (
    <SetValue value={setCrumbs}>
      <Value value={crumbs}>{children}</Value>
    </SetValue>
  );
}

/** The way to the page that is shown; its last step is the page. */
export function useCrumbs(): Crumb[] {
  return useContext(Value);
}

/** Sets the title of the window and the way to the page, of which the title is the last step. */
export function usePage(title: string, way: Crumb[] = []): void {
  const set = useContext(SetValue);
  const key = JSON.stringify([title, way]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key has all of them
  useEffect(() => {
    document.title = title ? `${title} · Thalweg` : "Thalweg";
    set([...way, { name: title }]);
  }, [key, set]);
}
