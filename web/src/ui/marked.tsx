import { marked } from "@/lib/names";

/** A name in which what a query matched is marked. */
export function Marked({ name, query }: { name: string; query: string }) {
  return (
    <>
      {marked(name, query).map((part, i) =>
        part.hit ? (
          <mark key={`${i}${part.text}`}>{part.text}</mark>
        ) : (
          <span key={`${i}${part.text}`}>{part.text}</span>
        ),
      )}
    </>
  );
}
