import { useTranslation } from "react-i18next";
import { Button, EmptyState, LinkButton } from "@/ui";

interface ExamFirstProps {
  projectId: number;
  /** Where the person stands: needed, open (being marked) or failed. */
  state: string;
  onAgain: () => void;
}

/** Over the canvas: an exam comes before work here. */
export function ExamFirst({ projectId, state, onAgain }: ExamFirstProps) {
  const { t } = useTranslation("exam");
  return (
    <div className="lw-cover">
      <EmptyState
        icon="check"
        title={t(`first.${state}.title`)}
        action={
          <span className="row g6">
            <LinkButton kind="primary" to={`/projects/${projectId}/exam`}>
              {t("first.go")}
            </LinkButton>
            <Button kind="quiet" onClick={onAgain}>
              {t("label:nothing.again")}
            </Button>
          </span>
        }
      >
        {t(`first.${state}.lead`)}
      </EmptyState>
    </div>
  );
}
