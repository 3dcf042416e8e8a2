import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, read } from "@/api/client";
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
  const auth = useQuery({
    queryKey: ["auth"],
    retry: false,
    queryFn: ({ signal }) => read(api.GET("/api/v1/auth", { signal })),
  });
  const single = auth.data?.data.attributes.oidc;
  return (
    <Sheet title="Sign in">
      <SignInForm
        onDone={() => {
          queries.clear(); // what somebody else saw
          navigate({ href: next });
        }}
      />
      {single && (
        <p className="formend">
          <a className="btn" href={`${single}?next=${encodeURIComponent(next)}`}>
            Sign in with single sign-on
          </a>
        </p>
      )}
      <p className="s t3 formend">A password is forgotten? An administrator makes a link for another one.</p>
    </Sheet>
  );
}
