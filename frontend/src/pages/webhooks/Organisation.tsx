import { useTranslation } from "react-i18next";
import { NoOrganisation } from "@/app/NoOrganisation";
import { useMay, useOrganisation } from "@/app/organisation";
import { Webhooks } from "./Webhooks";

/** The webhooks that hear of all projects of the organisation. */
export default function OrganisationWebhooksPage() {
  const { t } = useTranslation("webhooks");
  const organisation = useOrganisation();
  const mayEdit = useMay("webhooks.edit");
  if (!organisation) return <NoOrganisation title={t("title")} />;
  return (
    <Webhooks
      place={`/organisations/${organisation.id}`}
      within={organisation.name}
      back="/organisation"
      mayEdit={mayEdit}
    />
  );
}
