import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, Icon, IconButton } from "@/ui";
import { AnnotateForm } from "./AnnotateForm";
import { Condition } from "./Conditions";
import { ConsensusForm } from "./ConsensusForm";
import {
  annotateOf,
  highest,
  levelOf,
  MOST_LEVELS,
  moved,
  type Stage,
  stageOf,
  type Workflow,
  withChange,
  withoutStage,
  withStage,
} from "./draft";
import { StageTitle } from "./Picture";
import { ReviewForm } from "./ReviewForm";
import { RouteList } from "./RouteList";
import { Skips } from "./Skips";

export interface StagesProps {
  project: Project;
  body: Workflow;
  open: number;
  readOnly: boolean;
  problems: Schemas["SchemaProblemOut"][];
  onOpen: (place: number) => void;
  onEdit: (next: Workflow) => void;
}

/** The form of the stage that is chosen in the picture, and what can be added. */
export function Stages(props: StagesProps) {
  const { body, onEdit, onOpen, readOnly } = props;
  const place = Math.min(props.open, body.stages.length - 1);
  const add = (kind: Stage["kind"]) => {
    const next = withStage(body, kind);
    onEdit(next);
    onOpen(next.stages.findLastIndex((stage) => stage.kind === kind));
  };
  return (
    <div className="col" style={{ gap: 16, minWidth: 0 }}>
      <fieldset disabled={readOnly} className="wf-form">
        <StageForm key={`${place}-${body.stages[place]?.kind}`} {...props} place={place} />
      </fieldset>
      <hr className="rule" />
      {!readOnly && <AddStage body={body} onAdd={add} />}
      <Skips body={body} readOnly={readOnly} onEdit={onEdit} />
    </div>
  );
}

function StageForm(props: StagesProps & { place: number }) {
  const { t } = useTranslation("workflow");
  const { body, place, project, onEdit } = props;
  const stage = body.stages[place]!;
  const set = (change: object) => onEdit(withChange(body, place, change));
  const mine = props.problems.filter((one) => stageOf(one.pointer) === place);
  return (
    <div className="col" style={{ gap: 14 }}>
      <StageHead {...props} />
      {mine.map((one) => (
        <p key={one.pointer + one.code} className="sm bad row g6" role="alert">
          <Icon name="alert" size="s" />
          {t(`problem.${one.code}`, { defaultValue: one.detail })}
        </p>
      ))}
      <TextInput
        label={t("name")}
        description={t("nameHelp")}
        maxLength={60}
        placeholder={t(`kind.${stage.kind}`, { level: levelOf(body, place) })}
        value={stage.name === stage.kind ? "" : (stage.name ?? "")}
        onChange={(event) => set({ name: event.currentTarget.value || (stage.kind === "review" ? "" : stage.kind) })}
      />
      {stage.kind === "annotate" && <AnnotateForm project={project} stage={stage} set={set} />}
      {stage.kind === "consensus" && <ConsensusForm project={project} stage={stage} set={set} />}
      {stage.kind === "review" && <ReviewForm project={project} stage={stage} set={set} />}
      {stage.kind === "adjudicate" && <p className="sm t2">{t("adjudicateLead")}</p>}
      {stage.kind !== "annotate" && (
        <Condition
          project={project}
          label={t("when")}
          help={t("whenHelp")}
          value={stage.when ?? null}
          onChange={(when) => set({ when })}
        />
      )}
      <RouteList project={project} body={body} place={place} set={set} />
    </div>
  );
}

function StageHead({ body, place, onEdit, onOpen, readOnly }: StagesProps & { place: number }) {
  const { t } = useTranslation("workflow");
  const stage = body.stages[place]!;
  const move = (step: -1 | 1) => {
    const next = moved(body, place, step);
    onEdit(next);
    onOpen(next.stages.indexOf(stage));
  };
  return (
    <div className="row g6">
      <h2>
        <StageTitle body={body} place={place} />
      </h2>
      <span className="sp" />
      {stage.kind === "review" && !readOnly && (
        <>
          <IconButton icon="chevron-left" label={t("earlier")} disabled={place <= 1} onClick={() => move(-1)} />
          <IconButton
            icon="chevron-right"
            label={t("later")}
            disabled={place >= body.stages.length - 1}
            onClick={() => move(1)}
          />
        </>
      )}
      {stage.kind !== "annotate" && !readOnly && (
        <IconButton
          icon="trash"
          label={t("remove")}
          onClick={() => {
            onOpen(Math.max(0, place - 1));
            onEdit(withoutStage(body, place));
          }}
        />
      )}
    </div>
  );
}

function AddStage({ body, onAdd }: { body: Workflow; onAdd: (kind: Stage["kind"]) => void }) {
  const { t } = useTranslation("workflow");
  const kinds = body.stages.map((stage) => stage.kind);
  const several = highest(annotateOf(body)) > 1;
  const levels = kinds.filter((kind) => kind === "review").length;
  return (
    <div className="col" style={{ gap: 6 }}>
      <div className="row g6">
        <Button size="s" icon="plus" disabled={levels >= MOST_LEVELS} onClick={() => onAdd("review")}>
          {t("add.review")}
        </Button>
        <Button
          size="s"
          icon="plus"
          disabled={!several || kinds.includes("consensus")}
          onClick={() => onAdd("consensus")}
        >
          {t("add.consensus")}
        </Button>
        <Button
          size="s"
          icon="plus"
          disabled={!several || kinds.includes("adjudicate")}
          onClick={() => onAdd("adjudicate")}
        >
          {t("add.adjudicate")}
        </Button>
      </div>
      {!several && <p className="xs t2">{t("add.needsSeveral")}</p>}
    </div>
  );
}
