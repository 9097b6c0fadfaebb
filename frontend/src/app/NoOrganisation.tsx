import { useTranslation } from "react-i18next";
import { EmptyState, Page } from "@/ui";

/** A page of an organisation, for who belongs to none. */
export function NoOrganisation({ title }: { title: string }) {
  const { t } = useTranslation("organisation");
  return (
    <Page title={title}>
      <EmptyState icon="people" title={t("none.title")}>
        {t("none.lead")}
      </EmptyState>
    </Page>
  );
}
