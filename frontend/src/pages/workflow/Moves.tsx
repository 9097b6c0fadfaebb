import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { toneOf } from "@/app/taskStates";
import { Chip, ErrorState, Icon, ProgressBar, Skeleton, useFormat } from "@/ui";
import type { Preview } from "./useWorkflow";

interface MovesProps {
  changed: boolean;
  preview: Preview | undefined;
  job: Schemas["JobOut"] | null;
  error: unknown;
  stale: boolean;
}

/** What the draft would do to work in flight, or why it would be refused. */
export function Moves({ changed, preview, job, error, stale }: MovesProps) {
  const { t } = useTranslation("workflow");
  return (
    <aside className="wf-moves" aria-labelledby="wf-moves" aria-busy={stale || undefined}>
      <h2 id="wf-moves">{t("moves.title")}</h2>
      {!changed && <p className="sm t2">{t("moves.unchanged")}</p>}
      {changed && Boolean(error) && <ErrorState error={error} inline />}
      {changed && !error && !preview && <Skeleton height={80} />}
      {changed && job && <Counting job={job} />}
      {changed &&
        preview &&
        !job &&
        (preview.problems.length > 0 ? <Problems preview={preview} /> : <Table preview={preview} />)}
    </aside>
  );
}

function Counting({ job }: { job: Schemas["JobOut"] }) {
  const { t } = useTranslation("workflow");
  return (
    <div className="col g6">
      <p className="sm t2">{t("moves.counting")}</p>
      <ProgressBar label={t("moves.counting")} value={job.total ? job.done / job.total : 0} />
    </div>
  );
}

function Problems({ preview }: { preview: Preview }) {
  const { t } = useTranslation("workflow");
  return (
    <div role="alert">
      <p className="sm bad row g6 m">
        <Icon name="alert" size="s" />
        {t("moves.refused")}
      </p>
      {preview.problems.map((one) => (
        <p key={one.pointer + one.code} className="sm">
          {t(`problem.${one.code}`, { defaultValue: one.detail })} <span className="xs t3">{one.pointer}</span>
        </p>
      ))}
    </div>
  );
}

/** Tasks by the state they are in and the one they would be in; those that stay are one line. */
export function Table({ preview }: { preview: Preview }) {
  const { t } = useTranslation("workflow");
  const format = useFormat();
  const moving = preview.moves.filter((one) => one.state !== one.to);
  const staying = preview.moves.filter((one) => one.state === one.to).reduce((sum, one) => sum + one.tasks, 0);
  const work = [
    { key: "answersAdded", count: preview.answers_added },
    { key: "answersTakenBack", count: preview.answers_taken_back },
    { key: "reviewsAdded", count: preview.reviews_added },
    { key: "reviewsTakenBack", count: preview.reviews_taken_back },
  ].filter((one) => one.count > 0);
  return (
    <div className="col" style={{ gap: 6 }}>
      <table className="lw-table" aria-label={t("moves.title")}>
        <tbody>
          {moving.map((one) => (
            <tr key={`${one.state}-${one.to}`}>
              <td>
                <span className="row g6">
                  <Chip small tone={toneOf(one.state)}>
                    {t(`common:taskState.${one.state}`)}
                  </Chip>
                  <Icon name="arrow-right" size="x" />
                  <Chip small tone={toneOf(one.to)}>
                    {t(`common:taskState.${one.to}`)}
                  </Chip>
                </span>
              </td>
              <td className="r">{format.number(one.tasks)}</td>
            </tr>
          ))}
          <tr>
            <td className="t2">{t("moves.staying")}</td>
            <td className="r">{format.number(staying)}</td>
          </tr>
        </tbody>
      </table>
      {work.map((one) => (
        <p key={one.key} className="sm">
          {t(`moves.${one.key}`, { count: one.count })}
        </p>
      ))}
      <p className="xs t2">{t("moves.kept")}</p>
    </div>
  );
}
