import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, read } from "@/api/client";
import { Note } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { fieldErrors, Refused } from "@/ui/refused";
import { Sheet } from "./sheet";
import { useToken } from "./token";

/** The page of somebody who was invited, or who gets another password. */
export default function Invitation() {
  const token = useToken();
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = "Invitation · Thalweg";
  }, []);
  const accept = useMutation({
    mutationFn: () => read(api.POST("/api/v1/invitations/accept", { body: { token, password } })),
    onSuccess: () => {
      queries.clear();
      navigate({ to: "/" });
    },
  });
  const refused = fieldErrors(accept.error);
  return (
    <Sheet title="Choose your password">
      {token === "" && <Note tone="warn">The link is incomplete: open it as you got it.</Note>}
      <form
        onSubmit={(e) => {
          e.preventDefault();
          accept.mutate();
        }}
      >
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
        <Refused error={accept.error} fields={["password"]} />
        <div className="formend">
          <button type="submit" className="btn pri" disabled={token === "" || accept.isPending}>
            Sign in
          </button>
        </div>
      </form>
    </Sheet>
  );
}
