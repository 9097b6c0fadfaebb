import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Button, Dialog, EmptyState, LinkButton, Loaded, Page } from "@/ui";
import { SourceCard } from "./SourceCard";
import { SourceForm } from "./SourceForm";
import { isLooking, sourcesKey } from "./sources";
import "./storages.css";

const POLL = 2_000; // ms, while a sync runs and no event came

/** Where a project takes images from that stay where they are. */
export default function SourcesPage() {
  const { t } = useTranslation("storages");
  const project = useProject();
  const queries = useQueryClient();
  const mayEdit = project.actions.includes("sources.edit");
  const maySee = project.actions.includes("sources.view");
  const [connecting, setConnecting] = useState(false);
  const key = sourcesKey(project.id);
  useEvent("*", (_data, event) => {
    if (event.type.startsWith("job") || event.type === "reconnected")
      void queries.invalidateQueries({ queryKey: key }, { cancelRefetch: false });
  });
  const query = useQuery({
    queryKey: key,
    queryFn: () => api.get<Schemas["SourceList"]>(`/projects/${project.id}/sources`),
    enabled: maySee,
    refetchInterval: ({ state }) => (state.data?.results.some(isLooking) ? POLL : false),
  });
  const usable = useQuery({
    queryKey: ["project", project.id, "storages"],
    queryFn: () => api.get<Schemas["UsableStorages"]>(`/projects/${project.id}/storages`),
    enabled: maySee,
  });
  const storages = usable.data?.results.filter((storage) => storage.for_sources) ?? [];
  const organisation = (
    <LinkButton to="/organisation/storages" icon="settings">
      {t("toOrganisation")}
    </LinkButton>
  );
  return (
    <Page
      title={t("title")}
      within={project.name}
      actions={
        mayEdit && (
          <>
            {storages.length > 0 && organisation}
            <Button kind="primary" icon="plus" disabled={storages.length === 0} onClick={() => setConnecting(true)}>
              {t("source.connect")}
            </Button>
          </>
        )
      }
    >
      <div className="gut col st-page">
        <p className="t2 sm" style={{ maxWidth: "76ch" }}>
          {t(maySee ? "source.lead" : "notYours")}
        </p>
        {maySee && (
          <Loaded query={query}>
            {({ results }) =>
              results.length === 0 ? (
                <EmptyState
                  icon="folder"
                  title={t("source.none")}
                  action={mayEdit && storages.length === 0 && organisation}
                  inline
                >
                  {t(storages.length > 0 ? "source.noneLead" : mayEdit ? "source.connectFirst" : "source.noStorage")}
                </EmptyState>
              ) : (
                results.map((source) => <SourceCard key={source.id} source={source} mayEdit={mayEdit} />)
              )
            }
          </Loaded>
        )}
      </div>
      <Dialog opened={connecting} title={t("source.connect")} onClose={() => setConnecting(false)} width={520}>
        <SourceForm project={project.id} storages={storages} onClose={() => setConnecting(false)} />
      </Dialog>
    </Page>
  );
}
