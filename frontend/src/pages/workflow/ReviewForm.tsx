import { MultiSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { Button, IconButton } from "@/ui";
import type { Review } from "./draft";
import { Percent, Whole } from "./Numbers";
import { useGroups } from "./useWorkflow";

const ROLES = ["owner", "manager", "reviewer"] as const;
type Band = NonNullable<Review["by_record"]>[number];

interface ReviewFormProps {
  project: Project;
  stage: Review;
  set: (change: object) => void;
}

/** Which share of the answers a level judges, whose, and by whom. */
export function ReviewForm({ project, stage, set }: ReviewFormProps) {
  const { t } = useTranslation("workflow");
  const groups = useGroups(project.id).data?.results ?? [];
  return (
    <>
      <Percent
        label={t("sample")}
        help={t("sampleHelp")}
        value={stage.sample ?? 1}
        onChange={(sample) => set({ sample })}
      />
      <Bands bands={stage.by_record ?? []} onChange={(by_record) => set({ by_record })} />
      <MultiSelect
        label={t("who.roles")}
        description={t("who.help")}
        placeholder={(stage.roles ?? []).length === 0 ? t("who.everybody") : undefined}
        value={stage.roles ?? []}
        data={ROLES.map((value) => ({ value, label: t(`common:role.${value}`) }))}
        onChange={(roles) => set({ roles })}
      />
      <MultiSelect
        label={t("who.groups")}
        description={groups.length === 0 ? t("who.noGroups") : undefined}
        disabled={groups.length === 0}
        value={(stage.groups ?? []).map(String)}
        data={groups.map((one) => ({ value: String(one.id), label: one.name }))}
        onChange={(chosen) => set({ groups: chosen.map(Number) })}
      />
    </>
  );
}

function Bands({ bands, onChange }: { bands: Band[]; onChange: (bands: Band[]) => void }) {
  const { t } = useTranslation("workflow");
  const change = (at: number, part: Partial<Band>) =>
    onChange(bands.map((band, index) => (index === at ? { ...band, ...part } : band)));
  return (
    <div className="col" style={{ gap: 8 }}>
      {bands.map((band, index) => (
        <div key={index} className="row g6" style={{ alignItems: "flex-end" }}>
          <Whole
            label={t("record.judged")}
            min={0}
            max={1_000_000}
            value={band.judged}
            onChange={(judged) => change(index, { judged })}
          />
          <Percent
            label={t("record.accepted")}
            value={band.accepted}
            onChange={(accepted) => change(index, { accepted })}
          />
          <Percent label={t("record.sample")} value={band.sample} onChange={(sample) => change(index, { sample })} />
          <IconButton
            icon="close"
            label={t("record.remove")}
            onClick={() => onChange(bands.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <Button size="s" icon="plus" onClick={() => onChange([...bands, { judged: 100, accepted: 0.9, sample: 0.2 }])}>
          {t("record.add")}
        </Button>
      </div>
      {bands.length > 0 && <p className="xs t2">{t("record.help")}</p>}
    </div>
  );
}
