import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { usePage } from "@/app/crumbs";

/** Several assets have the name that was asked for: which one is meant. */
export function Chooser({
  id,
  candidates,
  detail,
}: {
  id: string;
  candidates: Schemas["Candidate"][];
  detail: string;
}) {
  usePage(id);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1 className="any">{id} means several things</h1>
          <p>{detail}</p>
        </div>
      </div>
      <ul className="list" style={{ maxWidth: 640 }}>
        {candidates.map((c) => (
          <li key={c.id + (c.project ?? "")}>
            <Link to="/n/$id" params={{ id: c.id }}>
              <span className="w5">{c.name}</span>
              <span className="end s t3 any">{[c.project, c.relation, c.id].filter(Boolean).join(" · ")}</span>
            </Link>
          </li>
        ))}
      </ul>
    </main>
  );
}
