import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import {
  Button,
  Chip,
  EmptyState,
  ErrorState,
  LinkButton,
  Loaded,
  Page,
  ProgressBar,
  type Tone,
  useFormat,
} from "@/ui";
import { Figure } from "../gold/Figure";
import { RightByClass } from "../gold/RightByClass";
import "../gold/gold.css";

type Exam = Schemas["OwnExam"];
type Try = Schemas["ExamTryOut"];
const TONES: Record<Try["state"], Tone> = { open: "accent", passed: "ok", failed: "bad", excused: "ok" };
const MARKED_AGAIN_MS = 2000; // while a worker compares the last answer

/** The exam before work: what it asks, the way in, and how each try went. */
export default function ExamPage() {
  const { t } = useTranslation("exam");
  const project = useProject();
  const queries = useQueryClient();
  const key = ["project", project.id, "exam"];
  const again = () => void queries.invalidateQueries({ queryKey: key });
  useEvent("exam.changed", again);
  useEvent("reconnected", again);
  const exam = useQuery({
    queryKey: key,
    queryFn: () => api.get<Exam>(`/projects/${project.id}/exam`),
    refetchInterval: ({ state }) => (state.data?.state === "open" && state.data.left === 0 ? MARKED_AGAIN_MS : false),
  });
  return (
    <Page title={t("title")}>
      <div className="gut col gd">
        <Loaded query={exam}>
          {(value) => (
            <>
              <Now exam={value} onChanged={again} />
              {value.tries
                .filter((one) => one.state !== "open")
                .map((one) => (
                  <Result key={one.number} one={one} />
                ))}
            </>
          )}
        </Loaded>
      </div>
    </Page>
  );
}

/** Where the person stands, and what to do next. */
function Now({ exam, onChanged }: { exam: Exam; onChanged: () => void }) {
  const { t } = useTranslation("exam");
  const format = useFormat();
  const project = useProject();
  const navigate = useNavigate();
  const work = exam.resume === null ? `/projects/${project.id}/label` : `/assignments/${exam.resume}`;
  const begin = useMutation({
    meta: { ownError: true },
    mutationFn: async () => {
      if (!exam.guideline_read) await api.post(`/projects/${project.id}/guidelines/read`, { number: exam.guideline });
      return api.post<Exam>(`/projects/${project.id}/exam`, {});
    },
    onSuccess: () => void navigate(`/projects/${project.id}/label`),
    onError: onChanged,
  });
  if (exam.state === "none")
    return (
      <EmptyState icon="check" title={t("none.title")}>
        {t("none.lead")}
      </EmptyState>
    );
  if (exam.state === "passed")
    return (
      <EmptyState
        icon="check"
        title={t("passed.title")}
        action={
          <LinkButton kind="primary" icon="play" to={`/projects/${project.id}/label`}>
            {t("passed.go")}
          </LinkButton>
        }
      >
        {t("passed.lead")}
      </EmptyState>
    );
  if (exam.state === "failed")
    return (
      <EmptyState icon="alert" title={t("failed.title")}>
        {t("failed.lead")}
      </EmptyState>
    );
  if (exam.state === "open") {
    const handed = exam.tasks - exam.left;
    return (
      <section aria-label={t("open.title")} className="col g6" style={{ maxWidth: 560 }}>
        <h2>{t(exam.left ? "open.title" : "open.marking")}</h2>
        <ProgressBar value={handed / exam.tasks} label={t("open.handed", { done: handed, count: exam.tasks })} />
        <p className="sm t2">{t("open.handed", { done: handed, count: exam.tasks })}</p>
        {exam.left > 0 && (
          <span>
            <LinkButton kind="primary" icon="play" to={work}>
              {t("open.go")}
            </LinkButton>
          </span>
        )}
      </section>
    );
  }
  return (
    <section aria-label={t("needed.title")} className="col g6" style={{ maxWidth: 640 }}>
      <h2>{t("needed.title")}</h2>
      <p>{t("needed.lead", { count: exam.tasks, mark: format.percent(exam.pass_mark) })}</p>
      <p className="t2">{t("needed.tries", { count: exam.tries_left })}</p>
      {begin.isError && <ErrorState inline error={begin.error} />}
      <span className="row g6">
        {exam.guideline > 0 && (
          <LinkButton icon="book" to={`/projects/${project.id}/guidelines`}>
            {t("needed.guideline")}
          </LinkButton>
        )}
        <Button kind="primary" icon="play" busy={begin.isPending} onClick={() => begin.mutate()}>
          {t(exam.guideline_read ? "needed.begin" : "needed.readAndBegin")}
        </Button>
      </span>
    </section>
  );
}

/** One try: the share that was right, by class, and what the faults were. */
function Result({ one }: { one: Try }) {
  const { t } = useTranslation("exam");
  const format = useFormat();
  const faults = Object.entries(one.faults).sort(([, a], [, b]) => b - a);
  return (
    <section className="gd-card" aria-label={t("try.title", { number: one.number })}>
      <h3 className="row g6">
        {t("try.title", { number: one.number })}
        <Chip small tone={TONES[one.state]}>
          {t(`state.${one.state}`)}
        </Chip>
        <span className="t3 sm">{format.ago(one.at)}</span>
      </h3>
      {one.state !== "excused" && (
        <>
          <p className="row g6 sm">
            <Figure figure={one.accuracy} target={one.pass_mark} />
            <span className="t2">{t("try.mark", { mark: format.percent(one.pass_mark) })}</span>
          </p>
          <RightByClass classes={one.classes} />
          {faults.length > 0 && (
            <p className="sm t2">
              {faults.map(([kind, count]) => `${t(`gold:fault.${kind}`)} ${format.number(count)}`).join(", ")}
            </p>
          )}
        </>
      )}
    </section>
  );
}
