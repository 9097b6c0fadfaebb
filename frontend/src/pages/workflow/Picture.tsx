import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "@/ui";
import { DONE, highest, type Kind, levelOf, nameOf, type Stage, TRIAGE, type Workflow } from "./draft";

const ICONS: Record<Kind, IconName> = {
  annotate: "box",
  consensus: "layers",
  review: "review",
  adjudicate: "exchange",
};

interface PictureProps {
  body: Workflow;
  chosen: number | null;
  /** Places of stages with a fault; null for the whole. */
  faulty: Set<number | null>;
  onChoose: (place: number) => void;
}

/** The stages one after another with what each does, and below them where routes lead. */
export function Picture({ body, chosen, faulty, onChoose }: PictureProps) {
  const { t } = useTranslation("workflow");
  return (
    <ol className="wf-picture" aria-label={t("picture")}>
      {body.stages.map((stage, place) => (
        <li key={place}>
          <button
            type="button"
            className={`wf-stage ${chosen === place ? "on" : ""} ${faulty.has(place) ? "faulty" : ""}`}
            aria-pressed={chosen === place}
            onClick={() => onChoose(place)}
          >
            <span className="row g6 m">
              <Icon name={ICONS[stage.kind]} size="s" />
              <StageTitle body={body} place={place} />
              {faulty.has(place) && <Icon name="alert" size="x" />}
            </span>
            <span className="xs t2">
              <Says stage={stage} />
            </span>
            <Routes body={body} place={place} />
          </button>
          <Icon name="arrow-right" size="s" />
        </li>
      ))}
      <li>
        <span className="wf-stage end">
          <span className="row g6 m">
            <Icon name="check" size="s" />
            {t("done")}
          </span>
          <span className="xs t2">{t("doneLead")}</span>
        </span>
      </li>
    </ol>
  );
}

export function StageTitle({ body, place }: { body: Workflow; place: number }) {
  const { t } = useTranslation("workflow");
  const stage = body.stages[place]!;
  const named = stage.kind === "review" ? stage.name : stage.name === stage.kind ? "" : stage.name;
  return <>{named || t(`kind.${stage.kind}`, { level: levelOf(body, place) })}</>;
}

/** What a stage does, in a line. */
function Says({ stage }: { stage: Stage }) {
  const { t } = useTranslation("workflow");
  const parts: string[] = [];
  if (stage.kind === "annotate") {
    const most = highest(stage);
    parts.push(t("says.by", { count: stage.overlap ?? 1 }));
    if (stage.share && (stage.share.share ?? 0) > 0)
      parts.push(t("says.share", { percent: percent(stage.share.share), count: stage.share.overlap ?? 2 }));
    if (stage.stop) parts.push(t("says.upTo", { count: most }));
  }
  if (stage.kind === "review") {
    parts.push(t("says.sample", { percent: percent(stage.sample ?? 1) }));
    if ((stage.by_record ?? []).length > 0) parts.push(t("says.record"));
    if ((stage.groups ?? []).length + (stage.roles ?? []).length > 0) parts.push(t("says.limited"));
  }
  if (stage.kind === "consensus") parts.push(t(`method.${stage.method ?? "majority"}`));
  if (stage.kind === "adjudicate") parts.push(t("says.adjudicate"));
  if (stage.kind !== "annotate" && stage.when) parts.push(t("says.when"));
  return <>{parts.join(" · ")}</>;
}

function Routes({ body, place }: { body: Workflow; place: number }) {
  const { t } = useTranslation("workflow");
  const routes = body.stages[place]?.routes ?? [];
  if (routes.length === 0) return null;
  return (
    <span className="wf-routes">
      {routes.map((route, index) => (
        <span key={index} className="xs row g4">
          <Icon name="arrow-right" size="x" />
          {t(`condition.${route.when.kind}`)}
          {": "}
          <Target body={body} name={route.to} />
        </span>
      ))}
    </span>
  );
}

export function Target({ body, name }: { body: Workflow; name: string }) {
  const { t } = useTranslation("workflow");
  if (name === DONE) return <>{t("done")}</>;
  if (name === TRIAGE) return <>{t("common:taskState.triage")}</>;
  const place = body.stages.findIndex((_, at) => nameOf(body, at) === name);
  return place < 0 ? <>{name}</> : <StageTitle body={body} place={place} />;
}

export const percent = (share: number) => Math.round(share * 1000) / 10;
