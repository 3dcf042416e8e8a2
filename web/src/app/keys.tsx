import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";

/** What a key does, and its line in the list of keys; without a line it is not listed. */
export interface Binding {
  does?: string;
  group?: string;
  run: (event: KeyboardEvent) => void;
}

/** Bindings by key: "?", "j", "ArrowUp", "mod+k", or two in a row: "g a". */
export type Bindings = Record<string, Binding>;

interface Registry {
  add: (bindings: { current: Bindings }) => () => void;
  all: () => Bindings;
  enabled: boolean;
  setEnabled: (on: boolean) => void;
}

const Keys = createContext<Registry>({ add: () => () => {}, all: () => ({}), enabled: true, setEnabled: () => {} });

const stored = "thalweg.keys";
const sequenceWithin = 1200; // ms

/** Provides the keys. Single letters can be switched off (WCAG 2.1.4), and do nothing while somebody types. */
export function KeysProvider({ children }: { children: ReactNode }) {
  const layers = useRef<{ current: Bindings }[]>([]);
  const [enabled, setEnabledState] = useState(() => readStored() !== "off");
  const registry = useMemo<Registry>(
    () => ({
      add: (bindings) => {
        layers.current.push(bindings);
        return () => {
          layers.current = layers.current.filter((l) => l !== bindings);
        };
      },
      all: () => Object.assign({}, ...layers.current.map((l) => l.current)) as Bindings,
      enabled,
      setEnabled: (on) => {
        setEnabledState(on);
        writeStored(on ? "on" : "off");
      },
    }),
    [enabled],
  );
  useEffect(() => {
    let first = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKey = (e: KeyboardEvent) => {
      const name = keyName(e);
      if (!name || e.defaultPrevented) return;
      const modified = name.startsWith("mod+");
      if (!modified && (!enabled || typing(e.target) || document.querySelector("dialog[open]"))) return;
      const all = registry.all();
      const binding = (first && all[`${first} ${name}`]) || all[name];
      const begins = Object.keys(all).some((k) => k.startsWith(`${name} `));
      clearTimeout(timer);
      first = "";
      if (binding) {
        e.preventDefault();
        binding.run(e);
      } else if (begins) {
        first = name;
        timer = setTimeout(() => {
          first = "";
        }, sequenceWithin);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", onKey);
      clearTimeout(timer);
    };
  }, [enabled, registry]);
  return <Keys value={registry}>{children}</Keys>;
}

/** Binds keys while a component is shown. Those of the component shown last win. */
export function useKeys(bindings: Bindings): void {
  const { add } = useContext(Keys);
  const current = useRef(bindings);
  current.current = bindings;
  useEffect(() => add(current), [add]);
}

/** All bound keys, and the switch for single letters. */
export function useKeyList() {
  return useContext(Keys);
}

/** The name of a pressed key: the letter as typed, "mod+k" for Ctrl or Command. */
function keyName(e: Pick<KeyboardEvent, "key" | "metaKey" | "ctrlKey" | "altKey">): string {
  if (e.altKey || ["Shift", "Control", "Meta", "Alt", "Dead"].includes(e.key)) return "";
  return e.metaKey || e.ctrlKey ? `mod+${e.key.toLowerCase()}` : e.key;
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) &&
    !(target instanceof HTMLInputElement && ["checkbox", "radio"].includes(target.type))
  );
}

function readStored(): string | null {
  try {
    return localStorage.getItem(stored);
  } catch {
    return null;
  }
}

function writeStored(value: string): void {
  try {
    localStorage.setItem(stored, value);
  } catch {
    // Storage is off: it lasts as long as the page.
  }
}
