import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Outlet } from "react-router";
import { api, onSessionEnd } from "@/api/client";
import { joinEvents, useEvent } from "@/api/events";
import { ME, useMeQuery } from "@/api/me";
import { SignInDialog, SignInPage } from "@/pages/signin";
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
      {query.data ? <SignedIn key={query.data.id} /> : <SignInPage />}
      <Toasts />
    </>
  );
}

/** When the session ends in the middle of work, sign in over the page; what waited is then sent. */
function SignedIn() {
  const queries = useQueryClient();
  const [ended, setEnded] = useState(false);
  const waiting = useRef<{ promise: Promise<void>; resolve: () => void } | null>(null);
  useEffect(() => joinEvents(), []);
  useEffect(() => {
    onSessionEnd(() => {
      if (!waiting.current) {
        let resolve = () => {};
        const promise = new Promise<void>((done) => {
          resolve = done;
        });
        waiting.current = { promise, resolve };
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
  function onSignedIn() {
    setEnded(false);
    waiting.current?.resolve();
    waiting.current = null;
    void queries.invalidateQueries({ queryKey: ME });
  }
  return (
    <>
      <Outlet />
      <SignInDialog opened={ended} onSignedIn={onSignedIn} />
    </>
  );
}
