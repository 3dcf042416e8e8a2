import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, read } from "@/api/client";
import { Failed, Skeleton } from "@/ui/feedback";
import { State } from "@/ui/state";

/** The state of the server and its limits. */
export function Server() {
  const ready = useQuery({
    queryKey: ["readyz"],
    queryFn: async ({ signal }) =>
      (await (await fetch("/readyz", { signal })).json()) as { status: string; checks: Record<string, string> },
    refetchInterval: 10_000,
  });
  const limits = useQuery({
    queryKey: ["limits"],
    queryFn: ({ signal }) => read(api.GET("/api/v1/limits", { signal })),
  });
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Server</h1>
          <p>
            Its state now, and the limits that hold. <Link to="/docs">The API</Link> describes every route.
          </p>
        </div>
      </div>
      {ready.isError && <Failed error={ready.error} what="The state of the server" retry={ready.refetch} />}
      {ready.data && (
        <dl className="kv">
          {Object.entries(ready.data.checks ?? {}).map(([name, state]) => (
            <div key={name} className="row kvrow">
              <dt>{name}</dt>
              <dd>
                <State state={state === "ok" ? "pass" : "fail"}>{state}</State>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <h2 className="formend">Limits</h2>
      {limits.isError && <Failed error={limits.error} what="The limits" retry={limits.refetch} />}
      {limits.isPending && <Skeleton rows={4} />}
      {limits.data && (
        <div className="code">
          <pre>{JSON.stringify(limits.data.data, null, 2)}</pre>
        </div>
      )}
    </>
  );
}
