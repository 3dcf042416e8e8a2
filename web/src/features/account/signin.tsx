import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { one } from "@/app/search";
import { SignInForm } from "@/app/signinform";
import { Sheet, safeNext } from "./sheet";

/** Signing in by e-mail address and password, or by single sign-on where the server has it. */
export default function SignIn() {
  const next = safeNext(one((useSearch({ strict: false }) as Record<string, unknown>).next));
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = "Sign in · Thalweg";
  }, []);
  const oidc = useQuery({
    queryKey: ["oidc"],
    retry: false,
    // A server without single sign-on has no such route.
    queryFn: async ({ signal }) => {
      const response = await fetch("/api/v1/auth", { signal });
      if (!response.ok) return null;
      const doc = (await response.json()) as { data: { attributes: { oidc: { name: string; url: string } | null } } };
      return doc.data.attributes.oidc;
    },
  });
  return (
    <Sheet title="Sign in">
      <SignInForm
        onDone={() => {
          queries.clear(); // what somebody else saw
          navigate({ href: next });
        }}
      />
      {oidc.data && (
        <p className="formend">
          <a className="btn" href={`/auth/oidc?next=${encodeURIComponent(next)}`}>
            Sign in with {oidc.data.name || "single sign-on"}
          </a>
        </p>
      )}
      <p className="s t3 formend">A password is forgotten? An administrator makes a link for another one.</p>
    </Sheet>
  );
}
