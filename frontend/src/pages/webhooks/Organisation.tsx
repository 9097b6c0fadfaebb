import { useTranslation } from "react-i18next";
import { useMay, useOrganisation } from "@/app/organisation";
import { EmptyState, Page } from "@/ui";
import { Webhooks } from "./Webhooks";

/** The webhooks that hear of all projects of the organisation. */
export default function OrganisationWebhooksPage() {
  const { t } = useTranslation("webhooks");
  const organisation = useOrganisation();
  const mayEdit = useMay("webhooks.edit");
  if (!organisation)
    return (
      <Page title={t("title")}>
        <EmptyState icon="people" title={t("organisation:none.title")}>
          {t("organisation:none.lead")}
        </EmptyState>
      </Page>
    );
  return (
    <Webhooks
      place={`/organisations/${organisation.id}`}
      within={organisation.name}
      back="/organisation"
      mayEdit={mayEdit}
    />
  );
}
