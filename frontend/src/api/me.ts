import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "./client";
import { isApiError } from "./errors";
import type { Schemas } from "./types";

export type Me = Schemas["Me"];
export const ME = ["me"] as const;

/** The first question of every page, asked while its scripts are still on their way. */
let asked: Promise<Me> | null = null;

export function askEarly(): void {
  asked = api.get<Me>("/auth/me");
  asked.catch(() => {}); // whoever takes it is told
}

function ask(): Promise<Me> {
  const answer = asked ?? api.get<Me>("/auth/me");
  asked = null;
  return answer;
}

/** Who is signed in; null when nobody is. */
export function useMeQuery() {
  return useQuery({
    queryKey: ME,
    staleTime: 60_000,
    queryFn: async (): Promise<Me | null> => {
      try {
        return await ask();
      } catch (error) {
        if (isApiError(error) && (error.status === 401 || error.status === 403)) return null;
        throw error;
      }
    },
  });
}

/** The person who is signed in. Only for pages, which are shown to nobody else. */
export function useMe(): Me {
  const me = useQueryClient().getQueryData<Me | null>(ME);
  const { data } = useMeQuery();
  const person = data ?? me;
  if (!person) throw new Error("useMe outside of the signed-in part of the application");
  return person;
}
