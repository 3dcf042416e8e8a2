import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, read } from "@/api/client";
import { Problem } from "@/api/problem";
import { Note } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { fieldErrors, Refused } from "@/ui/refused";
import { Sheet } from "./sheet";
import { useToken } from "./token";

/** The first administrator's account, by the link that the server printed. */
export default function Setup() {
  const token = useToken();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = "Set up · Thalweg";
  }, []);
  const setUp = useMutation({
    mutationFn: () =>
      read(api.POST("/api/v1/setup", { body: { token, name: name.trim(), email: email.trim(), password } })),
    onSuccess: () => {
      queries.clear();
      navigate({ to: "/" });
    },
  });
  const refused = fieldErrors(setUp.error);
  if (setUp.error instanceof Problem && setUp.error.status === 404)
    return (
      <Sheet title="This server is set up">
        <p>Somebody has an account already. They can invite you.</p>
        <p className="formend">
          <Link className="btn pri" to="/sign-in">
            Sign in
          </Link>
        </p>
      </Sheet>
    );
  return (
    <Sheet title="Make your account">
      <p className="t2">You will be the administrator, and can invite others.</p>
      {token === "" && (
        <Note tone="warn">
          Open the link that the server printed when it started. <code>thalweg setup-token</code> prints another one.
        </Note>
      )}
      <form
        onSubmit={(e) => {
          e.preventDefault();
          setUp.mutate();
        }}
      >
        <Field label="Name" autoComplete="name" value={name} onChange={setName} error={refused("name")} required />
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          value={email}
          onChange={setEmail}
          error={refused("email")}
          required
        />
        <Field
          label="Password"
          type="password"
          autoComplete="new-password"
          hint="12 characters or more"
          value={password}
          onChange={setPassword}
          error={refused("password")}
          required
        />
        <Refused error={setUp.error} fields={["name", "email", "password"]} />
        <div className="formend">
          <button type="submit" className="btn pri" disabled={token === "" || setUp.isPending}>
            Make the account
          </button>
        </div>
      </form>
    </Sheet>
  );
}
