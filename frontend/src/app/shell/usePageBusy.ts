import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation, useNavigation } from "react-router";

const CHAIN = 60; // ms: a page may ask for one thing after it knows another

/** True from the opening of a page until all that it first asks for is there. What is asked later, or again in the
 * background, does not count: the page stands, and must not flicker for who listens to it. */
export function usePageBusy(): boolean {
  const { pathname } = useLocation();
  const moving = useNavigation().state !== "idle";
  const asking = useIsFetching({ predicate: ({ state }) => state.status === "pending" }) > 0;
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    if (moving || asking || settled === pathname) return;
    const timer = setTimeout(() => setSettled(pathname), CHAIN);
    return () => clearTimeout(timer);
  }, [moving, asking, settled, pathname]);
  return settled !== pathname;
}
