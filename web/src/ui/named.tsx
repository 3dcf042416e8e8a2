import { useQuery } from "@tanstack/react-query";
import { api, read } from "@/api/client";
import { useScope } from "@/app/scope";

/** A text in which tables have their names: changes of lineage are kept by ids, which do not change. */
export function Named({ text }: { text: string }) {
  return (
    <>
      {text.split(/\b(TBL-\d+)\b/).map((part, i) => (i % 2 === 1 ? <TableName key={`${i}${part}`} id={part} /> : part))}
    </>
  );
}

function TableName({ id }: { id: string }) {
  const { schema_id } = useScope();
  const { data } = useQuery({
    queryKey: ["tablename", schema_id, id],
    enabled: schema_id !== "",
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: ({ signal }) =>
      read(api.GET("/api/v1/assets/{id}", { params: { path: { id }, query: { schema_id } }, signal })),
  });
  return <>{data?.data.attributes.name ?? id}</>;
}
