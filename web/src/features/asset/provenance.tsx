import { Link } from "@tanstack/react-router";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { useSchema } from "@/app/scope";
import { sourceName, sourceOf } from "@/lib/origin";
import { plainText } from "@/ui/markdown";
import css from "./page.module.css";
import type { Text } from "./read";

interface Props {
  text: Text;
  rule: "description" | "column_description";
  onWithdraw?: () => void;
  short?: boolean;
}

/** Who reported a text, beside it. It opens where all its texts come from and what hides what. */
export function Provenance({ text, rule, onWithdraw, short }: Props) {
  if (!text.origin) return null;
  const source = sourceOf(text.origin);
  const label = [sourceName(source), !short && (text.import ?? text.cause?.id)].filter(Boolean).join(" · ");
  return (
    <DialogTrigger>
      <Button className={`prov ${source.kind} ${text.gone_since ? "gone" : ""}`} aria-label={`From ${label}. Sources`}>
        {label}
      </Button>
      <Popover className="pop" placement="bottom start" offset={4}>
        <Dialog className={css.sources} aria-label="Sources">
          <Sources text={text} rule={rule} onWithdraw={onWithdraw} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Sources({ text, rule, onWithdraw }: Props) {
  const policy = useSchema()?.attributes.policy[rule];
  const shown = text.origin ? sourceOf(text.origin) : undefined;
  const own = text.own !== null;
  return (
    <>
      <div className="row">
        <h2>Sources</h2>
        <span className="s t3 end">policy: {policy}</span>
      </div>
      <ul className="tl">
        {shown && (
          <li className={shown.kind}>
            <span className="w5">{shown.kind === "user" ? `${shown.name} wrote this` : long(text.origin ?? "")}</span>{" "}
            {text.import ? (
              <Link className="t3" to="/imports/$id" params={{ id: text.import }}>
                {text.import}
              </Link>
            ) : (
              <span className="t3">{text.cause?.id}</span>
            )}
            <span className="s t2" style={{ display: "block" }}>
              shown
              {shown.kind === "user" && text.hidden.length > 0 && "; hides the others until withdrawn"}
              {text.gone_since && `; no longer there since ${text.gone_since}, the newest text stays`}
            </span>
          </li>
        )}
        {text.hidden.map((h) => {
          const source = sourceOf(h.origin);
          return (
            <li key={h.origin + h.value} className={source.kind}>
              <span className="w5">{source.kind === "user" ? `${source.name} wrote` : long(h.origin)}</span>
              <span className="s t2 any">
                <span className={css.quote}>
                  {h.value === text.value ? "the same text" : `“${cut(plainText(h.value))}”`}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      <div className="row">
        {own && onWithdraw && (
          <button type="button" className="btn sm" onClick={onWithdraw}>
            Withdraw mine
          </button>
        )}
        <Link
          className="btn quiet sm"
          to="."
          search={((b: Record<string, unknown>) => ({ ...b, tab: "changes", view: "blame" })) as never}
        >
          History
        </Link>
      </div>
    </>
  );
}

function long(origin: string): string {
  const source = sourceOf(origin);
  return source.kind === "dbt" ? `dbt, project ${source.name}` : `warehouse, ${source.name}`;
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
