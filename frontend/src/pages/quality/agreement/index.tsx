import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, EmptyState, Loaded, SkeletonRows, showError, showToast } from "@/ui";
import { Confusion } from "./Confusion";
import { DifferenceList } from "./Differences";
import { Answers, Batches, Classes, People, Questions } from "./Lists";
import { Matrix } from "./Matrix";
import { Trend } from "./Trend";
import { useShown } from "./useShown";

export type Agreement = Schemas["AgreementOut"];

/** How alike independent answers are; every number leads to the regions behind it. */
export default function AgreementTab() {
  const project = useProject();
  const { shown } = useShown();
  const found = useQuery({
    queryKey: ["project", project.id, "agreement"],
    queryFn: () => api.get<Agreement>(`/projects/${project.id}/quality/agreement`),
    placeholderData: (before) => before,
  });
  useLive(project.id);
  if (shown) return <DifferenceList projectId={project.id} agreement={found.data ?? null} />;
  return (
    <Loaded
      query={found}
      skeleton={
        <div className="gut">
          <SkeletonRows rows={10} height={40} />
        </div>
      }
    >
      {(agreement) => (agreement.tasks === 0 ? <Nothing agreement={agreement} /> : <Figures agreement={agreement} />)}
    </Loaded>
  );
}

/** Asks again when answers were compared. */
function useLive(projectId: number) {
  const queries = useQueryClient();
  useEvent("*", (data, event) => {
    const moved = event.type === "agreement.changed" || event.type === "reconnected";
    const elsewhere = (data as { project?: number } | null)?.project;
    if (moved && (elsewhere === undefined || elsewhere === projectId))
      void queries.invalidateQueries({ queryKey: ["project", projectId, "agreement"] }, { cancelRefetch: false });
  });
}

function Figures({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const project = useProject();
  const people = project.actions.includes("people_stats.view");
  return (
    <div className="quality">
      {agreement.own && <p className="sm t2">{t("own")}</p>}
      <Answers agreement={agreement} />
      {agreement.mixed_schemas > 0 && <p className="xs t2">{t("mixed", { count: agreement.mixed_schemas })}</p>}
      <div className="band">
        <Trend agreement={agreement} />
        <Classes agreement={agreement} />
      </div>
      {(agreement.questions.length > 0 || agreement.people.length > 0) && (
        <div className="band even">
          {agreement.people.length > 0 && <People agreement={agreement} />}
          {agreement.questions.length > 0 && <Questions agreement={agreement} />}
        </div>
      )}
      {people && (
        <div className="band even">
          <Matrix agreement={agreement} />
          <Confusion agreement={agreement} projectId={project.id} />
        </div>
      )}
      {agreement.batches.length > 1 && (
        <div className="band even">
          <Batches agreement={agreement} />
        </div>
      )}
      {project.actions.includes("tasks.manage") && <Recompute projectId={project.id} />}
    </div>
  );
}

function Recompute({ projectId }: { projectId: number }) {
  const { t } = useTranslation("quality");
  const ask = useMutation({
    mutationFn: () => api.post<Schemas["AskedJob"]>(`/projects/${projectId}/quality/agreement/recompute`),
    onSuccess: () => showToast({ tone: "ok", title: t("recompute.asked"), detail: t("recompute.detail") }),
    onError: (error) => showError(error, t("recompute.failed")),
  });
  return (
    <p className="row g6 xs t3" style={{ marginTop: 18 }}>
      <span>{t("recompute.lead")}</span>
      <Button size="s" kind="quiet" icon="sync" busy={ask.isPending} onClick={() => ask.mutate()}>
        {t("recompute.action")}
      </Button>
    </p>
  );
}

function Nothing({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const project = useProject();
  const why = agreement.waiting > 0 ? "waiting" : agreement.own ? "own" : "none";
  return (
    <>
      <EmptyState icon="people" title={t(`empty.${why}.title`)}>
        {t(`empty.${why}.lead`)}
      </EmptyState>
      {why === "none" && project.actions.includes("tasks.manage") && (
        <div className="gut">
          <Recompute projectId={project.id} />
        </div>
      )}
    </>
  );
}
