import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, read, type Schemas } from "@/api/client";
import { pages, rowsOf } from "@/api/list";
import { Confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/dialog";
import { Empty, Failed, Skeleton } from "@/ui/feedback";
import { Field } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { More } from "@/ui/more";
import { Once } from "@/ui/once";
import { fieldErrors, Refused } from "@/ui/refused";
import { Segments } from "@/ui/segments";
import { Time } from "@/ui/time";
import { useToast } from "@/ui/toast";

type User = Schemas["ResourceUser"];
type Role = "viewer" | "editor" | "admin";

const roles: { value: Role; label: string; does: string }[] = [
  { value: "viewer", label: "viewer", does: "reads everything but the audit log" },
  { value: "editor", label: "editor", does: "imports and edits, too" },
  { value: "admin", label: "admin", does: "does everything" },
];

/** The people of the workspace and what each may do. */
export function People() {
  const list = useInfiniteQuery(
    pages(["users"], (cursor, signal) =>
      api.GET("/api/v1/users", { params: { query: { cursor, limit: 100 } }, signal }),
    ),
  );
  const [editing, setEditing] = useState<User | "new">();
  const [removing, setRemoving] = useState<User>();
  const rows = rowsOf<User>(list.data?.pages);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>People</h1>
          <p>{roles.map((r) => `${r.label} ${r.does}`).join("; ")}.</p>
        </div>
        <div className="acts">
          <button type="button" className="btn pri" onClick={() => setEditing("new")}>
            <Icon name="plus" size={14} />
            Invite a person
          </button>
        </div>
      </div>
      {list.isError && <Failed error={list.error} what="The people" retry={list.refetch} />}
      {list.isPending && !list.isError && <Skeleton rows={4} />}
      {list.data && rows.length === 0 && (
        <Empty title="Nobody yet">Edits, keys and the audit log name people by their accounts.</Empty>
      )}
      {rows.length > 0 && (
        <table className="table fold">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">E-mail</th>
              <th scope="col">Role</th>
              <th scope="col">Since</th>
              <th scope="col">
                <span className="vh">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((u) => (
              <tr key={u.id}>
                <td className="w5">{u.attributes.name}</td>
                <td className="any">{u.attributes.email}</td>
                <td>
                  <span className="tag">{u.attributes.role}</span>
                </td>
                <td className="s t2">
                  <Time at={u.attributes.created_at} />
                </td>
                <td className="num">
                  <button
                    type="button"
                    className="btn quiet sm"
                    aria-label={`Change ${u.attributes.name}`}
                    onClick={() => setEditing(u)}
                  >
                    Change
                  </button>
                  <button
                    type="button"
                    className="btn quiet sm bad"
                    aria-label={`Remove ${u.attributes.name}`}
                    onClick={() => setRemoving(u)}
                  >
                    Remove
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && (
        <More shown={rows.length} total={list.data?.pages[0]?.meta.total} noun="people" more={list} />
      )}
      {editing && <Person user={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />}
      {removing && <Remove user={removing} onClose={() => setRemoving(undefined)} />}
    </>
  );
}

function Person({ user, onClose }: { user?: User; onClose: () => void }) {
  const [name, setName] = useState(user?.attributes.name ?? "");
  const [email, setEmail] = useState(user?.attributes.email ?? "");
  const [role, setRole] = useState<Role>(user?.attributes.role ?? "viewer");
  const queries = useQueryClient();
  const toast = useToast();
  const invite = useMutation({
    mutationFn: () =>
      read(
        api.POST("/api/v1/invitations", {
          body: user ? { user: user.id } : { name: name.trim(), email: email.trim(), role },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["users"] }),
  });
  const save = useMutation({
    mutationFn: (id: string) =>
      read(
        api.PATCH("/api/v1/users/{id}", {
          params: { path: { id } },
          body: { name: name.trim(), email: email.trim(), role },
        }),
      ),
    onSuccess: (doc) => {
      toast(`${doc.data.attributes.name} is ${doc.data.attributes.role}.`);
      queries.invalidateQueries({ queryKey: ["users"] });
      onClose();
    },
  });
  const link = invite.data?.data.attributes.url;
  const error = save.error ?? invite.error;
  const refused = fieldErrors(error);
  if (link)
    return (
      <Once title={`A link for ${name}`} label="The link" value={link} onClose={onClose}>
        Pass it on yourself. It is shown this once, works once, and for 7 days.
      </Once>
    );
  return (
    <Dialog title={user ? user.attributes.name : "Invite a person"} onClose={onClose}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (user) save.mutate(user.id);
          else invite.mutate();
        }}
      >
        <Field label="Name" value={name} onChange={setName} error={refused("name")} required />
        <Field label="E-mail" type="email" value={email} onChange={setEmail} error={refused("email")} required />
        <div className="field">
          <span className="lb">Role</span>
          <Segments label="Role" values={roles} value={role} onChange={setRole} />
          <p className="hint">{roles.find((r) => r.value === role)?.does}</p>
        </div>
        <Refused error={error} fields={["name", "email"]} />
        <div className="row formend">
          {user && (
            <button type="button" className="btn quiet" disabled={invite.isPending} onClick={() => invite.mutate()}>
              Link for another password
            </button>
          )}
          <button type="button" className="btn end" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="btn pri"
            disabled={save.isPending || invite.isPending || name.trim() === "" || email.trim() === ""}
          >
            {user ? "Save" : "Invite"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Remove({ user, onClose }: { user: User; onClose: () => void }) {
  const queries = useQueryClient();
  const toast = useToast();
  return (
    <Confirm
      title={`Remove ${user.attributes.name}`}
      action="Remove"
      what="The removal"
      run={() => read(api.DELETE("/api/v1/users/{id}", { params: { path: { id: user.id } } }))}
      onDone={() => {
        toast(`${user.attributes.name} is removed.`);
        queries.invalidateQueries({ queryKey: ["users"] });
      }}
      onClose={onClose}
    >
      <p>Their keys and sessions end at once. What they wrote stays, with their name.</p>
    </Confirm>
  );
}
