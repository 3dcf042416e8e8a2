import type { ReactNode } from "react";

/** The page of those who are not signed in: one sheet with a form. */
export function Sheet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main id="main" className="center" tabIndex={-1}>
      <div className="sheet">
        <p className="brand sheet-brand">
          <svg width="22" height="22" viewBox="0 0 20 20" fill="none" aria-hidden="true" stroke="currentColor">
            <path d="M6.5 1.5C6.5 7 15 6.5 15 11s-5 4-5 7.5" strokeWidth="2.4" strokeLinecap="round" />
          </svg>
          Thalweg
        </p>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** The path to go to after signing in: one of this server, whatever the address says. */
export function safeNext(next: string | undefined): string {
  const text = next ?? "";
  const control = [...text].some((c) => c < " ");
  if (!text.startsWith("/") || text.startsWith("//") || text.includes("\\") || control) return "/";
  const url = new URL(text, "http://here.invalid");
  return url.host === "here.invalid" ? url.pathname + url.search + url.hash : "/";
}
