import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { EmptyState, Loaded } from "@/ui";
import { Html } from "../../guidelines/Html";

interface GuidelineDrawerProps {
  projectId: number;
  opened: boolean;
  /** What the section is wanted of: `class:3`, `finding:tiny`, `reason:…`. */
  topic?: string | null;
  onClose: () => void;
}

export function GuidelineDrawer({ projectId, opened, topic, onClose }: GuidelineDrawerProps) {
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
            <Html
              html={guideline.html}
              label={t("guideline")}
              small
              anchor={guideline.sections.find((section) => topic && section.topics.includes(topic))?.anchor ?? null}
            />
          )
        }
      </Loaded>
    </Drawer>
  );
}
