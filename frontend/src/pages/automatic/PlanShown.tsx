import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { answerTitle, classTitle, useClasses, useQuestions } from "@/app/schema";
import { ErrorState, useFormat } from "@/ui";
import { Calibration } from "./Calibration";
import { automaticKey } from "./key";

type Threshold = Schemas["AutomaticPlanOut"]["thresholds"][number];
const keyOf = (one: Threshold) => JSON.stringify([one.class_id, one.attribute, one.value]);

/** Thresholds by class or answer, how the scores of one hold, and what the model would be trusted with. */
export function PlanShown({ plan, model }: { plan: Schemas["AutomaticPlanOut"]; model: string }) {
  const { t } = useTranslation("automatic");
  const format = useFormat();
  const project = useProject();
  const classes = useClasses(project.id);
  const questions = useQuestions(project.id);
  const [picked, setPicked] = useState("");
  const shown = plan.thresholds.find((one) => keyOf(one) === picked) ?? plan.thresholds[0];
  const uses = useQuery({
    queryKey: [...automaticKey(project.id), "uses", model, shown && keyOf(shown)],
    meta: { ownError: true },
    queryFn: () =>
      api.get<Schemas["UsesOut"]>(`/projects/${project.id}/models/uses`, {
        query: shown?.attribute
          ? { model, attribute: shown.attribute, value: shown.value }
          : { model, class_id: shown?.class_id },
      }),
    enabled: shown !== undefined,
  });
  if (!shown) return <p className="sm warn">{t("nothingKnown")}</p>;
  const named = (one: Threshold) => (one.attribute ? answerTitle(questions, one) : classTitle(classes, one.class_id));
  return (
    <>
      <div className="au-rows">
        <table className="sm" aria-label={t("thresholds")}>
          <thead>
            <tr>
              <th scope="col">{t("class")}</th>
              <th scope="col">{t("from")}</th>
              <th scope="col">{t("rightOf")}</th>
              <th scope="col">{t("atLeast")}</th>
            </tr>
          </thead>
          <tbody>
            {plan.thresholds.map((one) => (
              <tr key={keyOf(one)} aria-selected={one === shown}>
                <td>
                  <button type="button" className="lnk" onClick={() => setPicked(keyOf(one))}>
                    {named(one)}
                  </button>
                </td>
                <td>{one.score === null ? <span className="warn">{t("none")}</span> : format.number(one.score, 2)}</td>
                <td>{t("rightOfN", { right: format.number(one.right), n: format.number(one.n) })}</td>
                <td>{format.percent(one.low, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {uses.data && (
          <Calibration
            bins={uses.data.calibration}
            threshold={shown.score}
            label={t("calibrationOf", { name: named(shown) })}
          />
        )}
        {uses.isError && <ErrorState inline error={uses.error} />}
      </div>
      <div className="plan-told" role="status">
        <span className="m">{t("takes", { count: plan.tasks, regions: format.number(plan.regions) })}</span>
        <span className="sm t2">
          {t("ofWaiting", { looked: format.number(plan.looked_at), waiting: format.number(plan.waiting) })}{" "}
          {t("knownFrom", { count: plan.held_out })}
        </span>
        {plan.expected.tasks_low !== null && (
          <span className="sm t2">
            {t("expected", {
              right: format.number(plan.expected.tasks_right),
              count: plan.expected.tasks,
              low: format.percent(plan.expected.tasks_low, 1),
              high: format.percent(plan.expected.tasks_high ?? 1, 1),
            })}
          </span>
        )}
        {plan.tasks > 0 && <span className="sm m">{t("sample", { count: plan.sample })}</span>}
        {plan.unsound > 0 && <span className="sm warn">{t("unsound", { count: plan.unsound })}</span>}
        {plan.tasks === 0 && <span className="sm warn">{t("nothingTaken")}</span>}
        {plan.auditors === 0 && <span className="sm warn">{t("noAuditors")}</span>}
      </div>
    </>
  );
}
