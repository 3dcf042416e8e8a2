import { Dialog } from "@/ui/dialog";
import { useKeyList } from "./keys";
import { LetterKeys } from "./letterkeys";

/** The list of the keys that do something on this page, and the switch for single letters. */
export function Help({ onClose }: { onClose: () => void }) {
  const { all } = useKeyList();
  const groups = new Map<string, [string, string][]>();
  for (const [key, binding] of Object.entries(all())) {
    if (!binding.does) continue;
    const group = binding.group ?? "This page";
    groups.set(group, [...(groups.get(group) ?? []), [key, binding.does]]);
  }
  return (
    <Dialog title="Keys" onClose={onClose} className="wide">
      <LetterKeys />
      <div className="keylist">
        {[...groups].map(([group, keys]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl className="kv">
              {keys.map(([key, does]) => (
                <div key={key} className="row">
                  <dt>
                    <Keys of={key} />
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** A key or two in a row, as they are printed on the keyboard. */
function Keys({ of }: { of: string }) {
  return (
    <span className="keys">
      {of
        .replace("mod+", "Ctrl ")
        .split(" ")
        .map((k) => (
          <kbd key={k}>{names[k] ?? k}</kbd>
        ))}
    </span>
  );
}

const names: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Escape: "esc",
};
