import { useEffect, useReducer, useRef, useState, useSyncExternalStore } from "react";
import type { Editor } from "@/engine/editor";
import type { EditorEvents } from "@/engine/public";
import type { SessionEvents, TaskSession } from "@/session/types";
import { Desk, type DeskOptions, type DeskState, type Work } from "./desk";

/** Draw again when one of these happens on the canvas. */
export function useEditorEvents(editor: Editor | null, ...events: (keyof EditorEvents)[]): number {
  const [version, redraw] = useReducer((n: number) => n + 1, 0);
  const names = events.join(" ");
  useEffect(() => {
    if (!editor) return;
    const stops = names.split(" ").map((name) => editor.on(name as keyof EditorEvents, redraw));
    redraw(); // a task may have been loaded between the drawing and the listening
    return () => {
      for (const stop of stops) stop();
    };
  }, [editor, names]);
  return version;
}

export function useEditorEvent<K extends keyof EditorEvents>(
  editor: Editor | null,
  event: K,
  handler: (value: EditorEvents[K]) => void,
): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => editor?.on(event, (value) => latest.current(value)), [editor, event]);
}

export function useSessionEvents(session: TaskSession | null, ...events: (keyof SessionEvents)[]): number {
  const [version, redraw] = useReducer((n: number) => n + 1, 0);
  const names = events.join(" ");
  useEffect(() => {
    if (!session) return;
    const stops = names.split(" ").map((name) => session.on(name as keyof SessionEvents, redraw));
    return () => {
      for (const stop of stops) stop();
    };
  }, [session, names]);
  return version;
}

export function useSessionEvent<K extends keyof SessionEvents>(
  session: TaskSession | null,
  event: K,
  handler: (value: SessionEvents[K]) => void,
): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => session?.on(event, (value) => latest.current(value)), [session, event]);
}

/** Runs when another task is on the desk; not when the one that was seen coming is there. */
export function useOtherTask(work: Work | null, begin: () => void): void {
  const latest = useRef(begin);
  latest.current = begin;
  const before = useRef<Work | null>(null);
  useEffect(() => {
    const last = before.current;
    before.current = work;
    if (!last?.coming || last.doc.task.id !== work?.doc.task.id) latest.current();
  }, [work]);
}

/** A desk that starts with the page and closes with it. */
export function useDesk(options: DeskOptions, assignment: number | null): [Desk, DeskState] {
  const [desk] = useState(() => new Desk(options));
  const closing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const started = useRef(false);
  useEffect(() => {
    clearTimeout(closing.current);
    if (!started.current) {
      started.current = true;
      void desk.start(assignment);
    }
    // A second mount at once (development) goes on with the same desk.
    const close = () => {
      closing.current = setTimeout(() => desk.close(), 0);
    };
    window.addEventListener("pagehide", desk.close.bind(desk), { once: true });
    return close;
  }, [desk, assignment]);
  const state = useSyncExternalStore(desk.subscribe, () => desk.state);
  return [desk, state];
}
