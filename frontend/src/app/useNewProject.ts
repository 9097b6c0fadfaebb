import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { showToast } from "@/ui/toasts";
import { useOrganisation } from "./organisation";
import { commonFolder, type PickedFile } from "./pickedFiles";
import type { Project } from "./project";
import { startUpload } from "./uploads";

/** Images in hand, a project with a starter schema, and straight to the first image once it is stored. */
export function useProjectFromFiles() {
  const { t } = useTranslation("projects");
  const organisation = useOrganisation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (files: PickedFile[]) => {
      const name = commonFolder(files) ?? t("first.name");
      const body: Partial<Schemas["ProjectIn"]> = {
        name,
        organisation: organisation?.id ?? null,
        starter_schema: true,
      };
      return { project: await api.post<Project>("/projects", body), files };
    },
    onSuccess: ({ project, files }) => {
      void queries.invalidateQueries({ queryKey: ["projects"] });
      let opened = false;
      startUpload({
        project: project.id,
        files,
        onFirst: () => {
          opened = true;
          void navigate(`/projects/${project.id}/label`);
        },
        onStored: () => {
          void queries.invalidateQueries({ queryKey: ["project", project.id] });
          if (!opened) showToast({ tone: "bad", title: t("first.refused"), detail: t("first.refusedDetail") });
        },
      });
    },
  });
}
