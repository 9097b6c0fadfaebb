import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/types";
import { Button, Chip, useFormat } from "@/ui";

type Group = Schemas["AlikeGroupOut"];
type Picture = Schemas["AlikePictureOut"];

interface AlikeRowProps {
  project: number;
  group: Group;
  chosen: ReadonlySet<number>;
  onChoose: (tasks: number[], on: boolean) => void;
  busy: boolean;
  onTogether: () => void;
}

/** One group side by side: the first is the one to keep. */
export function AlikeRow({ project, group, chosen, onChoose, busy, onTogether }: AlikeRowProps) {
  const { t } = useTranslation("alike");
  const others = group.pictures.slice(1).map((one) => one.task);
  const all = others.every((task) => chosen.has(task));
  const names = new Set(group.pictures.map((one) => one.group));
  const one = names.size === 1 && !names.has("");
  return (
    <article className="al-group" aria-label={t("group", { number: group.pictures[0]?.number ?? 0 })}>
      <div className="col al-said">
        <span className="m sm">{t(group.same_file ? "sameFile" : "lookAlike")}</span>
        <span className="xs t3">{t("pictures", { count: group.pictures.length })}</span>
        <Button size="s" kind="quiet" onClick={() => onChoose(others, !all)}>
          {t(all ? "letGo" : "chooseGroup")}
        </Button>
        {one ? (
          <Chip small>{t("oneGroup", { name: group.pictures[0]?.group })}</Chip>
        ) : (
          <Button size="s" kind="quiet" disabled={busy} title={t("togetherHelp")} onClick={onTogether}>
            {t("together")}
          </Button>
        )}
      </div>
      <div className="al-pictures">
        {group.pictures.map((picture) => (
          <Card
            key={picture.task}
            project={project}
            picture={picture}
            chosen={chosen.has(picture.task)}
            onChoose={(on) => onChoose([picture.task], on)}
          />
        ))}
      </div>
    </article>
  );
}

interface CardProps {
  project: number;
  picture: Picture;
  chosen: boolean;
  onChoose: (on: boolean) => void;
}

function Card({ project, picture, chosen, onChoose }: CardProps) {
  const { t } = useTranslation("alike");
  const format = useFormat();
  const { number, name, width, height, bits, state, group } = picture;
  return (
    <div className={`al-card ${chosen ? "sel" : ""}`}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: it holds the checkbox, and the picture is part of what is pressed */}
      <label className="al-pic">
        <img src={picture.thumb} alt="" loading="lazy" crossOrigin="anonymous" draggable={false} />
        <Checkbox
          className="al-tick"
          size="xs"
          checked={chosen}
          aria-label={t("choose", { number, name })}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </label>
      <Link className="lnk sm el" to={`/projects/${project}/data?search=${number}`} title={name}>
        {name}
      </Link>
      <span className="xs t3 el">
        {format.number(width)} × {format.number(height)} · {t(`common:taskState.${state}`)}
      </span>
      <span className="xs t3 el" title={group}>
        {bits > 0 ? t("bits", { count: bits }) : t("noBits")}
        {group && ` · ${group}`}
      </span>
    </div>
  );
}
