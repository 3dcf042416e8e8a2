import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, read } from "@/api/client";
import { one } from "@/app/search";
import { Note } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { Sheet, safeNext } from "./sheet";

/** Signing in by e-mail address and password, or by single sign-on where the server has it. */
export default function SignIn() {
  const next = safeNext(one((useSearch({ strict: false }) as Record<string, unknown>).next));
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = "Sign in · Thalweg";
  }, []);
  const signIn = useMutation({
    mutationFn: () => read(api.POST("/api/v1/session", { body: { email: email.trim(), password } })),
    onSuccess: () => {
      queries.clear();
      navigate({ href: next });
    },
  });
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
      <form
        onSubmit={(e) => {
          e.preventDefault();
          signIn.mutate();
        }}
      >
        <Field label="E-mail" type="email" autoComplete="username" value={email} onChange={setEmail} required />
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          required
        />
        {signIn.error && (
          <div className="formend" role="alert">
            <Note tone="bad">{signIn.error.message}</Note>
          </div>
        )}
        <div className="formend">
          <button type="submit" className="btn pri" disabled={signIn.isPending}>
            {signIn.isPending ? "Signing in…" : "Sign in"}
          </button>
        </div>
      </form>
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
