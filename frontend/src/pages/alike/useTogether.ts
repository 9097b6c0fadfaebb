import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { showError, showToast } from "@/ui";

type Group = Schemas["AlikeGroupOut"];

/** Puts all pictures of a group into one group of the project, so that no split ever parts them; with the way back. */
export function useTogether(project: number) {
  const { t } = useTranslation("alike");
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["project", project] });
  const write = async (pairs: [number, string][]) => {
    for (const [asset, group] of pairs) await api.patch(`/assets/${asset}`, { group });
  };
  return useMutation({
    mutationFn: async ({ pictures }: Group) => {
      const name = pictures.find((one) => one.group !== "")?.group ?? `alike-${pictures[0]?.number ?? 0}`;
      const changed = pictures.filter((one) => one.group !== name);
      await write(changed.map((one) => [one.asset, name]));
      return { name, changed };
    },
    onSuccess: ({ name, changed }) =>
      showToast({
        tone: "ok",
        title: t("joined", { count: changed.length, name }),
        action: {
          label: t("common:undo"),
          undo: true,
          run: () =>
            void write(changed.map((one) => [one.asset, one.group]))
              .then(again)
              .catch((error) => showError(error, t("notUndone"))),
        },
      }),
    onError: (error) => showError(error, t("notJoined")),
    onSettled: again,
  });
}
