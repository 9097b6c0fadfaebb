import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import DOMPurify from "dompurify";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { EmptyState, Loaded } from "@/ui";

interface GuidelineDrawerProps {
  projectId: number;
  opened: boolean;
  onClose: () => void;
}

export function GuidelineDrawer({ projectId, opened, onClose }: GuidelineDrawerProps) {
  const { t } = useTranslation("label");
  const query = useQuery({
    queryKey: ["guideline", projectId],
    queryFn: () => api.get<Schemas["GuidelineOut"]>(`/projects/${projectId}/guidelines`),
    enabled: opened,
    staleTime: 60_000,
  });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={460}
      title={t("guideline")}
      withOverlay={false}
      lockScroll={false}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Loaded query={query}>
        {(guideline) =>
          guideline.html.trim() === "" ? (
            <EmptyState icon="book" title={t("guidelineEmpty")} inline />
          ) : (
            // biome-ignore lint/security/noDangerouslySetInnerHtml: the server's one renderer made it safe, and it is cleaned once more here
            <div className="lw-prose" dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(guideline.html) }} />
          )
        }
      </Loaded>
    </Drawer>
  );
}
