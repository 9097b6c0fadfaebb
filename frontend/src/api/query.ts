import { MutationCache, QueryClient } from "@tanstack/react-query";
import { isApiError } from "./errors";

/** Asking again helps when the network or the server hiccuped, never when the answer was "no". */
export function worthRetrying(failures: number, error: unknown): boolean {
  if (isApiError(error) && error.status > 0 && error.status < 500) return false;
  return failures < 2;
}

export function makeQueryClient(onMutationError?: (error: unknown) => void): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (!mutation.options.onError && !mutation.meta?.ownError) onMutationError?.(error);
      },
    }),
    defaultOptions: { queries: { staleTime: 10_000, retry: worthRetrying, refetchOnWindowFocus: true } },
  });
}
