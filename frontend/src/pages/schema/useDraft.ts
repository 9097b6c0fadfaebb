import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { schemaKey } from "@/app/schema";
import { bodyOf, type SchemaBody, sameBody } from "./draft";

export type SchemaOut = Schemas["SchemaOut"];
export type Preview = Schemas["SchemaPreview"];

const KEEP = 300; // ms of quiet before the draft is kept on this device
const ASK = 500; // ms of quiet before the server is asked what a draft would change
const TOGETHER = 800; // ms in which typing counts as one step of undo
const MOST_STEPS = 100;

interface Kept {
  number: number;
  body: SchemaBody;
}

function keptDraft(key: string, number: number): SchemaBody | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
    return kept?.number === number && Array.isArray(kept.body.classes) ? kept.body : null;
  } catch {
    return null;
  }
}

export interface Draft {
  body: SchemaBody;
  base: SchemaBody;
  /** Differs from the version that holds. */
  changed: boolean;
  canUndo: boolean;
  edit: (next: SchemaBody) => void;
  undo: () => void;
  discard: () => void;
  preview: Preview | undefined;
}

/** The schema in work: kept on this device until it is published, with undo, and what the server says to it. */
export function useDraft(project: number, current: SchemaOut, mayEdit: boolean): Draft {
  const key = `labelwright-schema-draft-${project}`;
  const base = useMemo(() => bodyOf(current.body), [current]);
  const [body, setBody] = useState(() => keptDraft(key, current.number) ?? base);
  const [past, setPast] = useState<SchemaBody[]>([]);
  const lastEdit = useRef(0);
  const number = useRef(current.number);
  const changed = useMemo(() => !sameBody(body, base), [body, base]);
  useEffect(() => {
    if (number.current === current.number) return;
    number.current = current.number; // published, or somebody else did
    setBody(base);
    setPast([]);
  }, [current.number, base]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (changed) localStorage.setItem(key, JSON.stringify({ number: current.number, body } satisfies Kept));
      else localStorage.removeItem(key);
    }, KEEP);
    return () => clearTimeout(timer);
  }, [body, changed, key, current.number]);
  const preview = usePreview(project, current.number, body, changed && mayEdit);
  return {
    body,
    base,
    changed,
    canUndo: past.length > 0,
    edit: (next) => {
      const now = Date.now();
      if (now - lastEdit.current > TOGETHER || past.length === 0) setPast([...past, body].slice(-MOST_STEPS));
      lastEdit.current = now;
      setBody(next);
    },
    undo: () => {
      const last = past.at(-1);
      if (!last) return;
      lastEdit.current = 0;
      setPast(past.slice(0, -1));
      setBody(last);
    },
    discard: () => {
      setPast([...past, body].slice(-MOST_STEPS));
      setBody(base);
    },
    preview,
  };
}

function usePreview(project: number, number: number, body: SchemaBody, enabled: boolean): Preview | undefined {
  const [asked, setAsked] = useState<SchemaBody | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(body), ASK);
    return () => clearTimeout(timer);
  }, [body]);
  const { data } = useQuery({
    queryKey: [...schemaKey(project), "preview", number, asked],
    queryFn: () => api.post<Preview>(`/projects/${project}/schema/preview`, { body: asked }),
    enabled: enabled && asked !== null,
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  return enabled ? data : undefined;
}
