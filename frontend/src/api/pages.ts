import {
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
  useInfiniteQuery,
} from "@tanstack/react-query";
import { useMemo } from "react";

type Cursor = string | null;
type PageOf<Row> = { results: Row[]; next?: Cursor };
type Options<P> = UseInfiniteQueryOptions<P, Error, InfiniteData<P, Cursor>, QueryKey, Cursor>;

interface Pages<P> extends Omit<Options<P>, "queryFn" | "initialPageParam" | "getNextPageParam" | "select"> {
  /** One page; null is the cursor of the first. */
  ask: (cursor: Cursor) => Promise<P>;
}

/** A list that comes page by page: the query, and the rows of all pages that are here. */
export function usePages<P extends PageOf<unknown>>({ ask, ...options }: Pages<P>) {
  const pages = useInfiniteQuery({
    ...options,
    queryFn: ({ pageParam }) => ask(pageParam),
    initialPageParam: null as Cursor,
    getNextPageParam: (page) => page.next ?? null,
  });
  const rows = useMemo(
    () => pages.data?.pages.flatMap((page): P["results"][number][] => page.results) ?? [],
    [pages.data],
  );
  return { pages, rows };
}

/** For `refetchInterval`: asks again every `after` ms for as long as a row of the list is still being worked on. */
export function pollWhile<Row>(isOpen: (row: Row) => boolean, after: number) {
  return ({ state }: { state: { data?: { pages: { results: Row[] }[] } } }): number | false =>
    state.data?.pages.some((page) => page.results.some(isOpen)) ? after : false;
}
