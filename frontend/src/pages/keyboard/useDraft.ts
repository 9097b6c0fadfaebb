import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import { ME, type Me, useMe } from "@/api/me";
import { keyMapOf, type PresetName } from "@/app/keys/keyMap";
import { type Clash, catalogue, clashes, type Entry, keysOf } from "./catalogue";

type OwnKeys = Record<string, string[]>;

export interface Draft {
  entries: readonly Entry[];
  preset: PresetName;
  clashes: readonly Clash[];
  isChanged: boolean;
  isSaving: boolean;
  keysOf: (entry: Entry) => readonly string[];
  isOwn: (entry: Entry) => boolean;
  hasOwn: boolean;
  setKeys: (entry: Entry, keys: readonly string[]) => void;
  reset: (entry: Entry) => void;
  resetAll: () => void;
  choosePreset: (preset: PresetName) => void;
  revert: () => void;
  save: () => void;
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((one, at) => one === b[at]);

/** Keys as they would be; nothing counts before it is saved, and nothing is saved while two actions want one key. */
export function useDraft(onSaved: () => void): Draft {
  const { preferences } = useMe();
  const queries = useQueryClient();
  const entries = useMemo(catalogue, []);
  const [preset, setPreset] = useState<PresetName>(preferences.key_preset ?? "labelwright");
  const [own, setOwn] = useState<OwnKeys>(preferences.keys ?? {});
  const map = keyMapOf({ ...preferences, key_preset: preset, keys: own });
  const base = keyMapOf({ ...preferences, key_preset: preset, keys: {} });
  const found = clashes(entries, map);
  const without = (id: string) => Object.fromEntries(Object.entries(own).filter(([name]) => name !== id));
  const save = useMutation({
    mutationFn: () => api.patch<Me>("/auth/me", { preferences: { ...preferences, key_preset: preset, keys: own } }),
    onSuccess: (fresh) => {
      queries.setQueryData(ME, fresh);
      onSaved();
    },
  });
  return {
    entries,
    preset,
    clashes: found,
    isChanged:
      preset !== (preferences.key_preset ?? "labelwright") || JSON.stringify(own) !== JSON.stringify(preferences.keys),
    isSaving: save.isPending,
    keysOf: (entry) => keysOf(entry, map),
    isOwn: (entry) => entry.id in own,
    hasOwn: Object.keys(own).length > 0,
    setKeys: (entry, keys) =>
      setOwn(same(keys, keysOf(entry, base)) ? without(entry.id) : { ...without(entry.id), [entry.id]: [...keys] }),
    reset: (entry) => setOwn(without(entry.id)),
    resetAll: () => setOwn({}),
    choosePreset: setPreset,
    revert: () => {
      setPreset(preferences.key_preset ?? "labelwright");
      setOwn(preferences.keys ?? {});
    },
    save: () => save.mutate(),
  };
}
