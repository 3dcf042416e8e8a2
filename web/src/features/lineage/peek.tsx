import { Link } from "@tanstack/react-router";
import { Icon } from "@/ui/icon";
import css from "./graph.module.css";
import type { Box } from "./scene";

interface Props {
  box: Box;
  onFocus: () => void;
  onTrace: () => void;
  onClose: () => void;
}

/** What can be done with the selected box. */
export function Peek({ box, onFocus, onTrace, onClose }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be one of a form
    <div className={css.peek} role="group" aria-label={`Selected: ${box.name}`}>
      <b className="w5 any">{box.name}</b>
      <Link className="btn sm" to="/n/$id" params={{ id: box.id }}>
        Open
      </Link>
      {!box.focus && (
        <button type="button" className="btn sm" onClick={onFocus}>
          Focus here
        </button>
      )}
      <button type="button" className="btn sm" onClick={onTrace}>
        Trace a column
      </button>
      <button type="button" className="btn quiet icon sm" aria-label="Stop showing its path" onClick={onClose}>
        <Icon name="close" size={12} />
      </button>
    </div>
  );
}
