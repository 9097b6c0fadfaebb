import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { NoOrganisation } from "@/app/NoOrganisation";
import { useMay, useOrganisation } from "@/app/organisation";
import { Button, Dialog, EmptyState, LinkButton, Loaded, Page } from "@/ui";
import { isTesting, StorageCard } from "./StorageCard";
import { StorageForm } from "./StorageForm";
import "./storages.css";

const POLL = 1_500; // ms, while a test runs

/** The storages of the organisation: buckets, folders and lists that its projects use. */
export default function OrganisationStoragesPage() {
  const { t } = useTranslation("storages");
  const organisation = useOrganisation();
  const maySee = useMay("storages.view");
  const mayEdit = useMay("storages.edit");
  const [connecting, setConnecting] = useState(false);
  const query = useQuery({
    queryKey: ["storages", organisation?.id],
    queryFn: () => api.get<Schemas["StorageList"]>(`/organisations/${organisation?.id}/storages`),
    enabled: maySee,
    refetchInterval: ({ state }) => (state.data?.results.some(isTesting) ? POLL : false),
  });
  if (!organisation) return <NoOrganisation title={t("title")} />;
  const folders = query.data?.folders ?? [];
  return (
    <Page
      title={t("title")}
      within={organisation.name}
      beside={
        <LinkButton kind="quiet" size="s" icon="chevron-left" to="/organisation">
          {t("back")}
        </LinkButton>
      }
      actions={
        mayEdit && (
          <Button kind="primary" icon="plus" onClick={() => setConnecting(true)}>
            {t("connect")}
          </Button>
        )
      }
    >
      <div className="gut col st-page">
        <p className="t2 sm" style={{ maxWidth: "76ch" }}>
          {t(maySee ? "lead" : "notYours")}
        </p>
        {maySee && (
          <Loaded query={query}>
            {({ results }) =>
              results.length === 0 ? (
                <EmptyState icon="folder" title={t("none")} inline>
                  {t("noneLead")}
                </EmptyState>
              ) : (
                results.map((storage) => (
                  <StorageCard key={storage.id} storage={storage} folders={folders} mayEdit={mayEdit} />
                ))
              )
            }
          </Loaded>
        )}
      </div>
      <Dialog opened={connecting} title={t("connectTitle")} onClose={() => setConnecting(false)} width={560}>
        <StorageForm organisation={organisation.id} folders={folders} onClose={() => setConnecting(false)} />
      </Dialog>
    </Page>
  );
}
