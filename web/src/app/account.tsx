import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, read } from "@/api/client";
import { Dialog } from "@/ui/dialog";
import { Item, Menu, Rule } from "@/ui/menu";
import { useMe } from "./me";
import { onSignedOut } from "./signedout";
import { SignInForm } from "./signinform";

/** Who is signed in, with what concerns the account. */
export function Account() {
  const me = useMe().data?.data.attributes;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: (everywhere: boolean) =>
      read(everywhere ? api.DELETE("/api/v1/sessions") : api.DELETE("/api/v1/session")),
    onSuccess: () => {
      queries.clear();
      navigate({ to: "/sign-in", search: {} as never });
    },
  });
  if (!me) return <span className="grow" />;
  if (!me.session) return <span className="grow cut t3">{me.name}</span>;
  const initials = me.name
    .split(/\s+/)
    .map((w) => w.charAt(0))
    .slice(0, 2)
    .join("")
    .toUpperCase();
  return (
    <Menu
      label={`Account of ${me.name}`}
      className="btn quiet account"
      button={
        <>
          <span className="ava">{initials}</span>
          <span className="cut">{me.name}</span>
        </>
      }
    >
      <Item onAction={() => navigate({ to: "/settings/$tab", params: { tab: "account" } })}>Account and sessions</Item>
      <Item onAction={() => navigate({ to: "/settings/$tab", params: { tab: "appearance" } })}>Appearance</Item>
      <Rule />
      <Item onAction={() => signOut.mutate(false)}>Sign out</Item>
      <Item onAction={() => signOut.mutate(true)}>Sign out everywhere</Item>
    </Menu>
  );
}

/** Asks to sign in again, on top of a page whose session has ended: what was typed there stays. */
export function SignedOut() {
  const [ended, setEnded] = useState(false);
  const [wasSignedIn, setWasSignedIn] = useState(false);
  const me = useMe();
  const navigate = useNavigate();
  const known = me.data !== undefined;
  useEffect(() => {
    if (known) setWasSignedIn(true);
  }, [known]);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  useEffect(() => {
    // A visitor without a session has typed nothing yet.
    if (ended && !wasSignedIn)
      navigate({ to: "/sign-in", search: { next: location.pathname + location.search } as never, replace: true });
  }, [ended, wasSignedIn, navigate]);
  if (!ended || !wasSignedIn) return null;
  return <SignInAgain email={me.data?.data.attributes.email ?? ""} onDone={() => setEnded(false)} />;
}

function SignInAgain({ email, onDone }: { email: string; onDone: () => void }) {
  const queries = useQueryClient();
  return (
    <Dialog title="You are signed out" onClose={onDone}>
      <p>Your session has ended. What you have typed is still here: sign in, and go on.</p>
      <SignInForm
        email={email}
        onDone={() => {
          queries.invalidateQueries();
          onDone();
        }}
      />
    </Dialog>
  );
}
