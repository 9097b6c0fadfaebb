import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { type Annotate, highest } from "./draft";
import { Percent, Whole } from "./Numbers";
import { OverlapCost } from "./OverlapCost";

interface AnnotateFormProps {
  project: Project;
  stage: Annotate;
  set: (change: object) => void;
}

/** How many answers a task gets: at first, at most, until when, and for which share of the tasks. */
export function AnnotateForm({ project, stage, set }: AnnotateFormProps) {
  const { t } = useTranslation("workflow");
  const overlap = stage.overlap ?? 1;
  const setOverlap = (value: number) =>
    set({
      overlap: value,
      most: stage.most && stage.most > value ? stage.most : null,
      stop: Math.max(value, stage.share?.overlap ?? 0) > 1 ? stage.stop : null,
      share: stage.share && (stage.share.overlap ?? 2) > value ? stage.share : null,
    });
  return (
    <>
      <Whole label={t("overlap")} help={t("overlapHelp")} value={overlap} onChange={setOverlap} />
      <ShareFields stage={stage} set={set} />
      {stage.share && <OverlapCost project={project} share={stage.share} />}
      {highest(stage) > 1 && <StopFields stage={stage} set={set} />}
    </>
  );
}

function ShareFields({ stage, set }: Omit<AnnotateFormProps, "project">) {
  const { t } = useTranslation("workflow");
  const share = stage.share ?? null;
  const overlap = stage.overlap ?? 1;
  const usual = { share: 0.1, overlap: overlap + 1, stratum: "", seed: "" };
  const change = (part: object) => set({ share: { ...usual, ...share, ...part } });
  return (
    <>
      <Select
        label={t("share.which")}
        description={t("share.help")}
        allowDeselect={false}
        value={share ? "some" : "none"}
        data={[
          { value: "none", label: t("share.none", { count: overlap }) },
          { value: "some", label: t("share.some") },
        ]}
        onChange={(value) => set({ share: value === "some" ? usual : null })}
      />
      {share && (
        <>
          <div className="row g12" style={{ alignItems: "flex-end" }}>
            <Percent label={t("share.share")} value={share.share ?? 0} onChange={(value) => change({ share: value })} />
            <Whole
              label={t("share.overlap")}
              min={overlap + 1}
              value={share.overlap ?? 2}
              onChange={(value) => change({ overlap: value })}
            />
          </div>
          <TextInput
            label={t("share.stratum")}
            description={t("share.stratumHelp")}
            maxLength={100}
            value={share.stratum ?? ""}
            onChange={(event) => change({ stratum: event.currentTarget.value })}
          />
        </>
      )}
    </>
  );
}

function StopFields({ stage, set }: Omit<AnnotateFormProps, "project">) {
  const { t } = useTranslation("workflow");
  const stop = stage.stop ?? null;
  const first = highest({ ...stage, most: null });
  const choose = (kind: string | null) => {
    if (kind === "quorum") set({ stop: { kind, agree: 2, score: 0.8 }, most: Math.max(first + 1, stage.most ?? 0) });
    else if (kind === "certainty") set({ stop: { kind, at_least: 0.9 }, most: Math.max(first + 1, stage.most ?? 0) });
    else set({ stop: null, most: null });
  };
  return (
    <>
      <Select
        label={t("stop.title")}
        description={t("stop.help")}
        allowDeselect={false}
        value={stop?.kind ?? "none"}
        data={["none", "quorum", "certainty"].map((value) => ({ value, label: t(`stop.${value}`) }))}
        onChange={choose}
      />
      {stop && (
        <div className="row g12" style={{ alignItems: "flex-end" }}>
          <Whole
            label={t("stop.most")}
            min={first}
            value={stage.most ?? first}
            onChange={(value) => set({ most: value })}
          />
          {stop.kind === "quorum" ? (
            <>
              <Whole
                label={t("stop.agree")}
                min={2}
                value={stop.agree ?? 2}
                onChange={(value) => set({ stop: { ...stop, agree: value } })}
              />
              <Percent
                label={t("stop.score")}
                value={stop.score ?? 0.8}
                onChange={(value) => set({ stop: { ...stop, score: value } })}
              />
            </>
          ) : (
            <Percent
              label={t("stop.atLeast")}
              value={stop.at_least ?? 0.9}
              onChange={(value) => set({ stop: { ...stop, at_least: value } })}
            />
          )}
        </div>
      )}
    </>
  );
}
