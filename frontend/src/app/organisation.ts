import { useSyncExternalStore } from "react";
import { useMe } from "@/api/me";
import type { Schemas } from "@/api/types";

const KEY = "labelwright-organisation";
const listeners = new Set<() => void>();

export function chooseOrganisation(id: number) {
  localStorage.setItem(KEY, String(id));
  for (const listener of listeners) listener();
}

/** The organisation whose projects and people are shown; null when the person belongs to none. */
export function useOrganisation(): Schemas["MyOrganisation"] | null {
  const { organisations } = useMe();
  const chosen = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => Number(localStorage.getItem(KEY)),
  );
  return organisations.find((organisation) => organisation.id === chosen) ?? organisations[0] ?? null;
}

/** Whether the person may do `action` in the chosen organisation. */
export function useMay(action: string): boolean {
  return useOrganisation()?.actions.includes(action) ?? false;
}
