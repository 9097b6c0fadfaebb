import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { isApiError } from "@/api/errors";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorState } from "@/ui/states";

/** What a page shows when it threw: the server's words, or that we have a fault. */
export function CrashPage() {
  const { t } = useTranslation("common");
  const error = useRouteError();
  if (isApiError(error)) return <ErrorState error={error} onRetry={() => location.reload()} />;
  return (
    <div className="state" role="alert">
      <span className="bad">
        <Icon name="alert" size="l" />
      </span>
      <h1 className="m">{t("error.crashed")}</h1>
      <div className="sm t2">{t("error.crashedDetail")}</div>
      <pre className="xs t3" style={{ whiteSpace: "pre-wrap" }}>
        {error instanceof Error ? `${error.name}: ${error.message}` : String(error)}
      </pre>
      <Button size="s" onClick={() => location.reload()}>
        {t("error.reload")}
      </Button>
    </div>
  );
}
