import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read } from "@/api/client";
import { useMe } from "@/app/me";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { fieldErrors, Refused } from "@/ui/refused";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";

/** The caller's own account: password and sessions. */
export function AccountPage() {
  const me = useMe();
  const a = me.data?.data.attributes;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Account</h1>
          {a && (
            <p>
              {a.name}
              {a.email && `, ${a.email}`}
              {a.role && `, ${a.role}`}
            </p>
          )}
        </div>
      </div>
      {me.isError && <Failed error={me.error} what="Your account" retry={me.refetch} />}
      {me.isPending && !me.isError && <Skeleton rows={3} />}
      {a && !a.session && (
        <Empty title="Nobody is signed in">
          {a.kind === "demo"
            ? "The demonstration needs no account, from this machine alone."
            : "A key acts without a session."}
        </Empty>
      )}
      {a?.session && (
        <>
          {a.has_password && <Password />}
          <Sessions />
        </>
      )}
    </>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const toast = useToast();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: () => read(api.PATCH("/api/v1/me", { body: { password: { current, new: next } } })),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      toast("The password is another one; all other sessions have ended.");
      queries.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const refused = fieldErrors(change.error);
  return (
    <form
      className="formnarrow"
      aria-label="Password"
      onSubmit={(e) => {
        e.preventDefault();
        change.mutate();
      }}
    >
      <h2>Password</h2>
      <Field
        label="The one now"
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={setCurrent}
        error={refused("password.current")}
        required
      />
      <Field
        label="Another one"
        type="password"
        autoComplete="new-password"
        hint="12 characters or more"
        value={next}
        onChange={setNext}
        error={refused("password.new")}
        required
      />
      <Refused error={change.error} fields={["password.current", "password.new"]} />
      <div className="row formend">
        <button type="submit" className="btn pri" disabled={change.isPending || current === "" || next === ""}>
          Change
        </button>
      </div>
    </form>
  );
}

function Sessions() {
  const queries = useQueryClient();
  const list = useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => read(api.GET("/api/v1/sessions", { params: { query: { limit: 100 } }, signal })),
  });
  const end = useMutation({
    mutationFn: (id: string | "others") =>
      read(
        id === "others"
          ? api.DELETE("/api/v1/sessions", { params: { query: { keep_current: true } } })
          : api.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
  const rows = list.data?.data ?? [];
  return (
    <section className="sect">
      <header>
        <h2>Sessions</h2>
        {rows.length > 1 && (
          <button type="button" className="btn sm end" disabled={end.isPending} onClick={() => end.mutate("others")}>
            End all others
          </button>
        )}
      </header>
      {list.isError && <Failed error={list.error} what="The sessions" retry={list.refetch} />}
      <ul className="list">
        {rows.map(({ id, attributes: s }) => (
          <li key={id}>
            <div className="li">
              <span className="grow any">
                {s.agent || "a program"} <span className="t3">from {s.address}</span>
                <span className="s t3 blockline">
                  by {s.method}, last used <Time at={s.used_at} />
                </span>
              </span>
              {s.current ? (
                <span className="tag good">this one</span>
              ) : (
                <button
                  type="button"
                  className="btn quiet sm bad"
                  disabled={end.isPending}
                  onClick={() => end.mutate(id)}
                >
                  End
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
