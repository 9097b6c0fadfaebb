import { useEffect, useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { searchFrom, type View, type ViewChange, viewFrom } from "./filters";

/** The view in the address, and how to change it. */
export function useView(): [View, (change: ViewChange) => void] {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const view = useMemo(() => viewFrom(new URLSearchParams(text)), [text]);
  // The address follows a moment later: a second change must build on the first, not on what is still shown.
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  function change(next: ViewChange) {
    const parts = typeof next === "function" ? next(latest.current) : next;
    latest.current = { ...latest.current, ...parts };
    setSearch(searchFrom(latest.current), { replace: true });
  }
  return [view, change];
}
