import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Outlet } from "react-router";
import { api, onSessionEnd } from "@/api/client";
import { ApiError } from "@/api/errors";
import { joinEvents, useEvent } from "@/api/events";
import { ME, type Me, useMeQuery } from "@/api/me";
import { SignInDialog, SignInPage } from "@/pages/signin";
import { SOMEBODY_ELSE } from "@/session";
import { useLandmarkKeys } from "@/ui/keys";
import { ErrorState } from "@/ui/states";
import { Toasts } from "@/ui/toasts";
import { usePersonalSettings } from "./usePersonalSettings";

/** Everything needs somebody signed in: the form stands where the page was asked for. */
export function RootLayout() {
  const query = useMeQuery();
  useLandmarkKeys();
  usePersonalSettings(query.data ?? null);
  if (query.isPending) return null;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      {query.data ? <SignedIn key={query.data.id} person={query.data.id} /> : <SignInPage />}
      <Toasts />
    </>
  );
}

interface Waiting {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** When the session ends in the middle of work, sign in over the page; what waited is then sent. Where somebody else signs
 * in, nothing of it is sent in their name: it stays on this device. */
function SignedIn({ person }: { person: number }) {
  const queries = useQueryClient();
  const [ended, setEnded] = useState(false);
  const waiting = useRef<Waiting | null>(null);
  useEffect(() => joinEvents(), []);
  useEffect(() => {
    onSessionEnd(() => {
      if (!waiting.current) {
        let [resolve, reject]: [() => void, (reason: Error) => void] = [() => {}, () => {}];
        const promise = new Promise<void>((done, failed) => {
          [resolve, reject] = [done, failed];
        });
        waiting.current = { promise, resolve, reject };
        setEnded(true);
      }
      return waiting.current.promise;
    });
    return () => onSessionEnd(null);
  }, []);
  // Deactivated, or signed out everywhere by a new password: an open page says so before the next stroke is refused.
  useEvent("session.ended", () => {
    if (!waiting.current) void api.get("/auth/me").catch(() => {});
  });
  function onSignedIn(me: Me) {
    const held = waiting.current;
    waiting.current = null;
    setEnded(false);
    if (me.id !== person) {
      held?.reject(new ApiError(401, SOMEBODY_ELSE, "Somebody else signed in", ""));
      void queries.resetQueries();
      return;
    }
    held?.resolve();
    void queries.invalidateQueries({ queryKey: ME });
  }
  return (
    <>
      <Outlet />
      <SignInDialog opened={ended} onSignedIn={onSignedIn} />
    </>
  );
}
