import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";

interface EmptyStateProps {
  icon?: IconName;
  title: string;
  children?: ReactNode;
  /** One button. */
  action?: ReactNode;
  inline?: boolean;
}

/** Says what belongs here and gives one button. */
export function EmptyState({ icon = "inbox", title, children, action, inline }: EmptyStateProps) {
  return (
    <div className={`state ${inline ? "inline" : ""}`}>
      <span className="t3">
        <Icon name={icon} size="l" />
      </span>
      <div className="m">{title}</div>
      {children && <div className="sm t2">{children}</div>}
      {action && <div style={{ marginTop: 4 }}>{action}</div>}
    </div>
  );
}

/** What failed and what to do, in the server's own words where it gave some. */
export function ErrorState({ error, onRetry, inline }: { error: unknown; onRetry?: () => void; inline?: boolean }) {
  const { t } = useTranslation("common");
  const problem = isApiError(error) && error.status > 0 ? error : null;
  const barred = problem?.status === 403; // trying again changes nothing
  const title = problem ? (problem.status === 404 ? t("error.notFound") : problem.title) : t("error.noAnswer");
  const detail = problem ? problem.detail : t("error.noAnswerDetail");
  return (
    <div className={`state ${inline ? "inline" : ""}`} role="alert">
      <span className={barred ? "t3" : "bad"}>
        <Icon name={barred ? "lock" : "alert"} size="l" />
      </span>
      <div className="m">{title}</div>
      {detail !== title && <div className="sm t2">{detail}</div>}
      {problem && problem.status >= 500 && problem.requestId && (
        <div className="xs t3">
          {t("error.requestId")} {problem.requestId}
        </div>
      )}
      {onRetry && !barred && (
        <div style={{ marginTop: 4 }}>
          <Button size="s" onClick={onRetry}>
            {t("tryAgain")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A grey block in the true layout's place; invisible for the first 150 ms. */
export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number | string }) {
  return <div className="sk" aria-hidden="true" style={{ width, height }} />;
}

export function SkeletonRows({ rows = 8, height = 30 }: { rows?: number; height?: number }) {
  return (
    <div className="col" aria-hidden="true" style={{ gap: 1 }}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="row" style={{ height }}>
          <Skeleton width={`${55 + ((index * 17) % 40)}%`} />
        </div>
      ))}
    </div>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; isError: boolean; refetch: () => unknown };
  skeleton?: ReactNode;
  children: (value: T) => ReactNode;
}

/** Skeleton, error or the thing itself, for one query. */
export function Loaded<T>({ query, skeleton = <SkeletonRows />, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton}</>;
}
