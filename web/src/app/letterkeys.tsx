import { useKeyList } from "./keys";

/** The switch for single-letter keys. */
export function LetterKeys() {
  const { enabled, setEnabled } = useKeyList();
  return (
    <label className="switch">
      <input
        type="checkbox"
        role="switch"
        aria-checked={enabled}
        checked={enabled}
        onChange={(e) => setEnabled(e.target.checked)}
      />
      Single-letter keys
    </label>
  );
}
