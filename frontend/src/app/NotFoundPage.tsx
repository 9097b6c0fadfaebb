import { useTranslation } from "react-i18next";
import { EmptyState, LinkButton, Page } from "@/ui";

export default function NotFoundPage() {
  const { t } = useTranslation("common");
  return (
    <Page title={t("error.notFound")}>
      <EmptyState
        icon="search"
        title={t("error.notFound")}
        action={<LinkButton to="/projects">{t("nav.projects")}</LinkButton>}
      />
    </Page>
  );
}
