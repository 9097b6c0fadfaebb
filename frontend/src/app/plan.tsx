import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { Button, DialogButtons, ErrorState } from "@/ui";
import "./plan.css";

interface PlanOptions<Done> {
  /** Where it is done; `plan` below it tells what would be. */
  path: string;
  /** What is known of such work; asked again once one has begun. */
  queryKey: readonly unknown[];
  body: object;
  /** What of the body the plan depends on; all of it unless it is said. */
  asked?: object;
  /** There is enough to ask with. */
  enabled?: boolean;
  onStarted: (done: Done) => void;
}

/** What would happen, told anew with each change of what is asked, and doing it. */
export function usePlan<Plan, Done = unknown>(options: PlanOptions<Done>) {
  const { path, queryKey, body, asked = body, enabled = true, onStarted } = options;
  const queries = useQueryClient();
  const plan = useQuery<Plan>({
    queryKey: [...queryKey, "plan", asked],
    meta: { ownError: true },
    queryFn: () => api.post<Plan>(`${path}/plan`, body),
    enabled,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const start = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post<Done>(path, body),
    onSuccess: (done) => {
      onStarted(done);
      return queries.invalidateQueries({ queryKey });
    },
  });
  return { plan, start, told: plan.isError ? undefined : plan.data };
}

/** In place of the form where there is nothing to plan with. */
export function NoPlan({ children, onClose }: { children: ReactNode; onClose: () => void }) {
  const { t } = useTranslation("common");
  return (
    <div className="plan">
      <p className="sm">{children}</p>
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("close")}
        </Button>
      </DialogButtons>
    </div>
  );
}

interface PlanFormProps {
  planned: Pick<ReturnType<typeof usePlan>, "plan" | "start">;
  /** What is told may be begun. */
  ready: boolean;
  /** The word on the button. */
  begin: string;
  /** Fields, and what is told. */
  children: ReactNode;
  onClose: () => void;
}

/** The form of a plan: its fields, what went wrong, and the buttons. What is begun is what is told, never what is still being asked. */
export function PlanForm({ planned: { plan, start }, ready, begin, children, onClose }: PlanFormProps) {
  const { t } = useTranslation("common");
  return (
    <form
      className="plan"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      {children}
      {plan.isError && <ErrorState inline error={plan.error} />}
      {start.isError && <ErrorState inline error={start.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button
          kind="primary"
          type="submit"
          busy={start.isPending}
          disabled={!ready || plan.isError || plan.isPlaceholderData}
        >
          {begin}
        </Button>
      </DialogButtons>
    </form>
  );
}
