import { useTranslation } from "react-i18next";
import { isApiError } from "@/api/errors";
import { Button, EmptyState, ErrorState, LinkButton } from "@/ui";
import { ExamFirst } from "../../exam/ExamFirst";
import { GuidelineChanged } from "../../guidelines/GuidelineChanged";
import { type Desk, type DeskState, isGone } from "../work/desk";

interface DeskStatesProps {
  desk: Desk;
  state: DeskState;
  stage: "annotate" | "review" | "adjudicate";
}

/** Over the canvas: nothing left, or what went wrong. */
export function DeskStates({ desk, state, stage }: DeskStatesProps) {
  const { t } = useTranslation("label");
  const home = desk.projectId ? `/projects/${desk.projectId}` : "/work";
  if (state.kind === "failed" && isApiError(state.error) && state.error.code === "guideline_unread")
    return <GuidelineChanged projectId={Number(state.error.extra.project)} onRead={() => void desk.again()} />;
  if (state.kind === "failed" && isApiError(state.error) && state.error.code === "exam_first")
    return (
      <ExamFirst
        projectId={Number(state.error.extra.project)}
        state={String(state.error.extra.state)}
        onAgain={() => void desk.again()}
      />
    );
  if (state.kind === "failed")
    return (
      <div className="lw-cover">
        {isGone(state.error) ? (
          <EmptyState
            icon="search"
            title={t("gone.title")}
            action={
              <span className="row g6">
                <LinkButton kind="primary" to="/work">
                  {t("gone.work")}
                </LinkButton>
                <Button kind="quiet" onClick={() => void desk.again()}>
                  {t("nothing.again")}
                </Button>
              </span>
            }
          >
            {t("gone.detail")}
          </EmptyState>
        ) : (
          <ErrorState error={state.error} onRetry={() => void desk.again()} />
        )}
      </div>
    );
  if (state.kind !== "empty") return null;
  return (
    <div className="lw-cover" role="status">
      <EmptyState
        icon="check"
        title={t(`nothing.${stage}.title`)}
        action={
          <span className="row g6">
            <LinkButton kind="primary" to={home}>
              {t("nothing.back")}
            </LinkButton>
            {desk.canTakeBack && stage === "annotate" && (
              <Button onClick={() => void desk.takeBack()}>{t("nothing.takeBack")}</Button>
            )}
            <Button kind="quiet" onClick={() => void desk.next()}>
              {t("nothing.again")}
            </Button>
          </span>
        }
      >
        {desk.done > 0 ? t("nothing.done", { count: desk.done }) : t(`nothing.${stage}.detail`)}
      </EmptyState>
    </div>
  );
}
