import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { count } from "@/lib/count";
import css from "./page.module.css";
import { contents, noneOf } from "./scene";

interface Props {
  group: Schemas["MapGroup"];
  reply: Schemas["Map"];
  onOpen: () => void;
}

const shown = 5;

/** What a selected group has, what it feeds most and is fed by most. */
export function GroupPop({ group, reply, onOpen }: Props) {
  const titles = new Map(reply.data.groups.map((g) => [g.id, g.title || noneOf(reply.meta.by)]));
  const to = reply.data.edges.filter((e) => e.from === group.id).sort((a, b) => b.weight - a.weight);
  const from = reply.data.edges.filter((e) => e.to === group.id).sort((a, b) => b.weight - a.weight);
  const others = reply.data.groups.some((g) => g.asset) ? "box" : "group";
  const feeds = to.length > 0 ? ` Feeds ${count(to.length, others, others === "box" ? "boxes" : "groups")}.` : "";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be one of a form
    <div className={css.pop} role="group" aria-label={`Selected: ${group.title}`}>
      <span className="row">
        <b className="w5 any grow">{group.title || noneOf(reply.meta.by)}</b>
        {group.asset ? (
          <Link className="btn sm" to="/n/$id" params={{ id: group.asset }}>
            Open
          </Link>
        ) : (
          group.name && (
            <button type="button" className="btn sm" onClick={onOpen}>
              Expand <kbd>↵</kbd>
            </button>
          )
        )}
      </span>
      <span className="t2">
        {group.asset ? "" : `${contents(group)}.`}
        {feeds}
      </span>
      <ul>
        {from.slice(0, shown).map((e) => (
          <li key={e.from} className="t2 any">
            {e.weight} ← {titles.get(e.from)}
          </li>
        ))}
        {to.slice(0, shown).map((e) => (
          <li key={e.to} className="t2 any">
            {e.weight} → {titles.get(e.to)}
          </li>
        ))}
      </ul>
    </div>
  );
}
