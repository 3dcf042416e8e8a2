import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { usePage } from "@/app/crumbs";
import { useSchemas } from "@/app/scope";
import { count } from "@/lib/count";
import { when } from "@/lib/time";
import { Copy } from "@/ui/copy";
import { Empty, Failed, Note, Skeleton } from "@/ui/feedback";
import { More } from "@/ui/more";
import { AssetDiff } from "./asset";
import { breaking, markdownOf } from "./report";

/** What is different between two points of a schema, or between two schemas: /diff/SCH-101@1...SCH-101@2. */
export default function Diff() {
  const { points = "" } = useParams({ strict: false }) as { points?: string };
  const [base = "", head = ""] = points.split("...");
  usePage(`${short(base)} … ${short(head)}`, [{ name: "Changes", link: { to: "/changes" } }]);
  const navigate = useNavigate();
  const go = (b: string, h: string) => navigate({ to: "/diff/$points", params: { points: `${b}...${h}` } });
  const list = useInfiniteQuery({
    ...pages(["diff", base, head], (cursor, signal) =>
      api.GET("/api/v1/diff", { params: { query: { base, head, cursor, limit: 100 } }, signal }),
    ),
    enabled: base !== "" && head !== "",
  });
  const rows = rowsOf<Schemas["ResourceAssetDiff"]>(list.data?.pages);
  const breaks = breaking(rows);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <div>
          <h1>
            What {short(head)} changes against {short(base)}
          </h1>
          <div className="row wrap points">
            <PointChoice label="Base" point={base} onChange={(p) => go(p, head)} />
            to
            <PointChoice label="Head" point={head} onChange={(p) => go(base, p)} />
            <button type="button" className="btn quiet" onClick={() => go(head, base)}>
              Swap
            </button>
          </div>
        </div>
        <div className="acts headacts">
          {rows.length > 0 && (
            <Copy className="btn" text={markdownOf(base, head, rows)} label="Copy as Markdown">
              As Markdown
            </Copy>
          )}
        </div>
      </div>
      {list.isError && <Failed error={list.error} what="The differences" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton />}
      {breaks.length > 0 && (
        <Note tone="warn">
          {count(breaks.length, "change")} can break something: {breaks.slice(0, 5).join("; ")}
          {breaks.length > 5 && "; and more below"}.
        </Note>
      )}
      {list.data && rows.length === 0 && (
        <Empty title="There is no difference">Assets, columns, code and lineage are the same at both points.</Empty>
      )}
      {rows.map((row) => (
        <AssetDiff key={row.id} diff={row.attributes} base={base} head={head} />
      ))}
      {rows.length > 0 && (
        <More shown={rows.length} total={list.data?.pages[0]?.meta.total} noun="assets differ" more={list} />
      )}
    </main>
  );
}

function short(point: string): string {
  const [schema, version] = point.split("@");
  return version ? `v${version}` : (schema ?? "");
}

// A point is a schema and one of its versions; without a version it is the served one.
function PointChoice({ label, point, onChange }: { label: string; point: string; onChange: (point: string) => void }) {
  const [schema = "", version = ""] = point.split("@");
  const { data: schemas } = useSchemas();
  const { data: versions } = useQuery({
    queryKey: ["versions", schema, "choice"],
    enabled: schema !== "",
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/v1/schemas/{id}/versions", { params: { path: { id: schema }, query: { limit: 200 } }, signal }),
      ),
  });
  const listed = versions?.data?.some((v) => String(v.attributes.version) === version) || version === "";
  return (
    <fieldset className="row gap3 point">
      <legend className="vh">{label}</legend>
      {(schemas?.data?.length ?? 0) > 1 && (
        <select
          className="select"
          aria-label={`${label}: schema`}
          value={schema}
          onChange={(e) => onChange(e.target.value)}
        >
          {schemas?.data?.map((s) => (
            <option key={s.id} value={s.id}>
              {s.attributes.name}
            </option>
          ))}
        </select>
      )}
      <select
        className="select"
        aria-label={`${label}: version`}
        value={version}
        onChange={(e) => onChange(e.target.value ? `${schema}@${e.target.value}` : schema)}
      >
        <option value="">now</option>
        {!listed && <option value={version}>v{version}</option>}
        {versions?.data?.map((v) => (
          <option key={v.id} value={v.attributes.version}>
            v{v.attributes.version}, {when(v.attributes.at)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}
