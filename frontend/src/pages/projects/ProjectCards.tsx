import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/types";
import { stateParts } from "@/app/taskStates";
import { AvatarStack, Chip, Icon, StackedBar, useFormat } from "@/ui";

type Card = Schemas["ProjectCard"];

export function ProjectCards({ cards }: { cards: Card[] }) {
  return (
    <div className="project-grid">
      {cards.map((card) => (
        <ProjectCard key={card.id} card={card} />
      ))}
    </div>
  );
}

function ProjectCard({ card }: { card: Card }) {
  const { t } = useTranslation("projects");
  const format = useFormat();
  const share = format.percent(card.done_share ?? 0);
  return (
    <article className="project-card">
      <Mosaic thumbs={card.thumbs} />
      <div className="project-body">
        <div className="row g6">
          <Link className="b lg el project-link" to={`/projects/${card.id}`}>
            {card.name}
          </Link>
          <span className="sp" />
          <ProjectChip card={card} />
        </div>
        <div className="sm t3 el">
          <TaskWords card={card} />
        </div>
        <div style={{ margin: "12px 0 8px" }}>
          <StackedBar parts={stateParts(card.states)} label={t("doneShare", { share })} />
        </div>
        <div className="row">
          <Numbers card={card} />
          <span className="sp" />
          <AvatarStack names={card.people.map((person) => person.name)} total={card.people_total} />
        </div>
      </div>
    </article>
  );
}

function Mosaic({ thumbs }: { thumbs: string[] }) {
  if (thumbs.length === 0)
    return (
      <div className="project-mosaic none">
        <Icon name="image" size="l" />
      </div>
    );
  const shown = thumbs.length < 3 ? thumbs.slice(0, 1) : thumbs.slice(0, 3);
  return (
    <div className={`project-mosaic ${shown.length === 1 ? "one" : ""}`}>
      {shown.map((url) => (
        <img key={url} src={url} alt="" crossOrigin="anonymous" loading="lazy" />
      ))}
    </div>
  );
}

/** One chip: what a manager should know first. */
export function ProjectChip({ card }: { card: Card }) {
  const { t } = useTranslation("projects");
  const format = useFormat();
  const conflicts = card.states.conflict ?? 0;
  const rework = card.tasks > 0 ? (card.states.rework ?? 0) / card.tasks : 0;
  if (card.state !== "active")
    return (
      <Chip small tone={card.state === "done" ? "ok" : card.state === "paused" ? "warn" : "neutral"}>
        {t(`common:projectState.${card.state}`)}
      </Chip>
    );
  if (conflicts > 0)
    return (
      <Chip small tone="bad">
        {t("chip.conflicts", { count: conflicts, number: format.number(conflicts) })}
      </Chip>
    );
  if (rework > 0.1)
    return (
      <Chip small tone="warn">
        {t("chip.rework", { share: format.percent(rework) })}
      </Chip>
    );
  if (!card.reviewed)
    return (
      <Chip small tone="warn">
        {t("chip.noReview")}
      </Chip>
    );
  return null;
}

export function TaskWords({ card }: { card: Card }) {
  const { t } = useTranslation("projects");
  const format = useFormat();
  const shapes = card.shapes.map((shape) => t(`shape.${shape}`));
  return <>{[t("tasks", { count: card.tasks, number: format.number(card.tasks) }), ...shapes].join(", ")}</>;
}

function Numbers({ card }: { card: Card }) {
  const { t } = useTranslation("projects");
  const format = useFormat();
  return (
    <>
      <span className="kv">
        <b>{card.done_share === null ? t("na") : format.percent(card.done_share)}</b>
        <span>{t("done")}</span>
      </span>
      <span className="kv">
        {card.agreement.value === null ? (
          <b className="t3" title={card.agreement.reason ? t(`reason.${card.agreement.reason}`) : undefined}>
            {t("na")}
          </b>
        ) : (
          <b>{format.number(card.agreement.value, 2)}</b>
        )}
        <span>{t("agreement")}</span>
      </span>
      {card.expected_on ? (
        <span className="kv">
          <b>{format.date(card.expected_on)}</b>
          <span>{t("expected")}</span>
        </span>
      ) : (
        <span className="kv">
          <b>{format.number(card.states.in_review ?? 0)}</b>
          <span>{t("inReview")}</span>
        </span>
      )}
    </>
  );
}
