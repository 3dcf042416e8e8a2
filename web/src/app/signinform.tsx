import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "@/api/client";
import { Field } from "@/ui/field";
import { Refused } from "@/ui/refused";

/** E-mail address and password, which begin a session. */
export function SignInForm({ email: known = "", onDone }: { email?: string; onDone: () => void }) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => read(api.POST("/api/v1/session", { body: { email: email.trim(), password } })),
    onSuccess: onDone,
  });
  return (
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
      <Refused error={signIn.error} />
      <div className="formend">
        <button type="submit" className="btn pri" disabled={signIn.isPending}>
          {signIn.isPending ? "Signing in…" : "Sign in"}
        </button>
      </div>
    </form>
  );
}
