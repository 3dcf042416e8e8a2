import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, read, type Schemas } from "@/api/client";

/** The report of an import: read once, then followed by the server's events until the import ends. */
export function useReport(id: string) {
  const queries = useQueryClient();
  const report = useQuery({
    queryKey: ["import", id, "report"],
    enabled: id !== "",
    placeholderData: undefined,
    queryFn: ({ signal }) => read(api.GET("/api/v1/dbt_imports/{id}/report", { params: { path: { id } }, signal })),
  });
  const status = report.data?.data.attributes.status;
  const running = status === "pending" || status === "processing";
  useEffect(() => {
    if (!running) return;
    const events = new EventSource(`/api/v1/dbt_imports/${id}/events`);
    const onEvent = (e: MessageEvent<string>) => {
      queries.setQueryData(["import", id, "report"], JSON.parse(e.data) as Schemas["DocumentReport"]);
      if (e.type === "end") {
        events.close();
        // Everything that a page shows may be another version now.
        queries.invalidateQueries();
      }
    };
    events.addEventListener("progress", onEvent);
    events.addEventListener("end", onEvent);
    return () => events.close();
  }, [id, running, queries]);
  return report;
}
