import { Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Which } from "./Bulk";

interface SendBackFieldsProps {
  project: number;
  which: Which;
  reason: string;
  onReason: (reason: string) => void;
}

/** The reason that the annotators read, and what sending back would do. */
export function SendBackFields({ project, which, reason, onReason }: SendBackFieldsProps) {
  const { t } = useTranslation("data");
  return (
    <>
      <Textarea
        label={t("bulk.reason")}
        description={t("bulk.reasonHelp")}
        data-autofocus
        required
        maxLength={500}
        value={reason}
        onChange={(event) => onReason(event.currentTarget.value)}
      />
      <SendBackPreview project={project} which={which} />
    </>
  );
}

/** What sending back would do, before anybody does it. */
function SendBackPreview({ project, which }: { project: number; which: Which }) {
  const { t } = useTranslation("data");
  const seen = useQuery({
    queryKey: ["project", project, "send-back", which],
    queryFn: () => api.post<Schemas["SendBackPreview"]>(`/projects/${project}/tasks/send-back/preview`, which),
    staleTime: 0,
  });
  if (!seen.data) return null;
  const stays = (["not_submitted", "imported", "own_work"] as const).filter((code) => seen.data[code] > 0);
  return (
    <div className="sm t2" role="status">
      <div>{t("bulk.preview.sent_back", { count: seen.data.sent_back })}</div>
      {stays.map((code) => (
        <div key={code}>{t(`bulk.preview.${code}`, { count: seen.data[code] })}</div>
      ))}
    </div>
  );
}
