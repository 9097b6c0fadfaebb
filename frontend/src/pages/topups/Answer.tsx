import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import { useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import {
  Button,
  EmptyState,
  ErrorState,
  LinkButton,
  Page,
  ProgressBar,
  SkeletonRows,
  showToast,
  useFormat,
  useKey,
} from "@/ui";
import { RegionPicture } from "../regions/RegionPicture";
import { choicesOf, type Held, nameOf, type TopUp, topUpsKey } from "./data";
import { Question } from "./Question";
import "./topups.css";

/** The piece in the person's hands; when its last region is answered, a fix is made of it and the next one comes. */
function usePiece(project: number, topUp: number) {
  const { t } = useTranslation("topups");
  const queries = useQueryClient();
  const [at, setAt] = useState(0);
  const [given, setGiven] = useState<Map<string, unknown>>(new Map());
  const held = useQuery({
    queryKey: [...topUpsKey(project), topUp, "piece"],
    queryFn: () => api.post<Held>(`/top-ups/${topUp}/claim`),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const { refetch } = held;
  const next = useCallback(async () => {
    await refetch();
    setAt(0);
    setGiven(new Map());
    void queries.invalidateQueries({ queryKey: topUpsKey(project), exact: true });
  }, [refetch, queries, project]);
  // Answers go out one after the other behind the person's back: no key waits for the line, only the end of a piece does.
  const sending = useRef<Promise<unknown>>(Promise.resolve());
  const [ending, setEnding] = useState(false);
  const regions = held.data?.regions ?? [];
  const piece = held.data?.piece;
  const busy = ending || held.isFetching;
  function send(answers: Record<string, unknown>, last: boolean) {
    sending.current = sending.current
      .then(() => api.post(`/top-up-pieces/${piece}/answers`, { answers }))
      .then(() => (last ? api.post<TopUp>(`/top-up-pieces/${piece}/finish`) : undefined))
      .then(() => (last ? next() : undefined))
      .catch((error) => {
        sending.current = Promise.resolve();
        showToast({ tone: "bad", title: t("notKept"), detail: isApiError(error) ? error.sentence : undefined });
        return next(); // what is kept is not asked again
      })
      .finally(() => last && setEnding(false));
  }
  function answer(value: unknown) {
    const region = regions[at];
    if (!region || busy) return;
    const now = new Map(given).set(region.id, value);
    setGiven(now);
    const last = now.size === regions.length;
    if (last) setEnding(true);
    else setAt(Math.min(at + 1, regions.length - 1));
    send({ [region.id]: value }, last);
  }
  const back = () => setAt(Math.max(0, at - 1));
  return { held, regions, region: regions[at], at, given, busy, answer, back, next };
}

/** The regions that lack an answer, one after the other; where it is a choice, one key each. */
export default function AnswerPage() {
  const { t } = useTranslation("topups");
  const format = useFormat();
  const project = useProject();
  const id = Number(useParams().topUpId);
  const classes = useClasses(project.id);
  const { held, regions, region, at, given, busy, answer, back, next } = usePiece(project.id, id);
  const topUp = held.data?.top_up;
  const words = { yes: t("yes"), no: t("no"), stays: (name: string) => t("stays", { name }) };
  const choices = topUp ? choicesOf(topUp, classes, words) : null;
  const attribute = topUp && classes.get(topUp.class_id)?.attributes?.find((one) => one.name === topUp.attribute);
  useKey("Backspace", back, at > 0 && !busy);
  useKey("X", () => answer(null), region !== undefined);
  const waiting = useRef<HTMLElement>(null);
  useEffect(() => {
    if (region) waiting.current?.focus();
  }, [region]);
  const answered = topUp ? topUp.answered + Object.keys(held.data?.given ?? {}).length + given.size : 0;
  return (
    <Page
      title={topUp?.title ?? t("title")}
      within={project.name}
      beside={
        topUp && (
          <span className="t3 sm nw" aria-live="polite">
            {t("answeredOf", { done: format.number(answered), all: format.number(topUp.regions) })}
          </span>
        )
      }
      actions={<LinkButton to={`/projects/${project.id}/top-ups`}>{t("leave")}</LinkButton>}
    >
      {held.isError ? (
        <ErrorState error={held.error} onRetry={() => void next()} />
      ) : held.isPending || classes.size === 0 ? (
        <div className="gut">
          <SkeletonRows rows={8} />
        </div>
      ) : !region || !topUp ? (
        <EmptyState icon="check" title={t("allAnswered")}>
          {t(topUp?.state === "open" ? "othersHold" : "allAnsweredLead")}
        </EmptyState>
      ) : (
        <div className="tu-grid">
          <div className="tu-pic">
            <RegionPicture
              key={region.id}
              crop={region.crop}
              window={region.window}
              bounds={region.bounds}
              shape={region.shape}
              color={classes.get(topUp.class_id)?.color ?? "#fff"}
            />
          </div>
          <section className="tu-ask" aria-label={t("question")} ref={waiting} tabIndex={-1}>
            <div>
              <ProgressBar value={topUp.regions ? answered / topUp.regions : null} label={t("progress")} />
              <p className="sm t2" style={{ marginTop: 8 }}>
                {nameOf(classes.get(topUp.class_id), topUp.class_id)} {at + 1} / {regions.length},{" "}
                <Link to={`/tasks/${held.data?.task}?region=${region.id}`}>
                  {held.data?.task_name || t("task", { number: held.data?.task_number })}
                </Link>
              </p>
            </div>
            <h2>{attribute ? attribute.title || attribute.name : t("whichClass")}</h2>
            {attribute?.description && <p className="sm t2">{attribute.description}</p>}
            <Question
              key={region.id}
              choices={choices}
              attribute={attribute}
              chosen={given.get(region.id)}
              busy={busy}
              onAnswer={answer}
            />
            <div className="row g6">
              <Button keys="X" disabled={busy} onClick={() => answer(null)}>
                {t("cannotTell")}
              </Button>
              <Button kind="quiet" icon="undo" keys="Backspace" disabled={at === 0 || busy} onClick={back}>
                {t("back")}
              </Button>
            </div>
            <p className="xs t3">{t("keptHelp")}</p>
          </section>
        </div>
      )}
    </Page>
  );
}
