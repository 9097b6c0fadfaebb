import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { useSchema } from "@/app/schema";
import { Button, IconButton } from "@/ui";
import type { Consensus } from "./draft";
import { Percent } from "./Numbers";

const METHODS = ["majority", "champion", "box_fusion", "medoid", "pixel_vote", "staple", "dawid_skene"] as const;
const USUAL = 0.5;

interface ConsensusFormProps {
  project: Project;
  stage: Consensus;
  set: (change: object) => void;
}

/** How one annotation is made out of several. */
export function ConsensusForm({ project, stage, set }: ConsensusFormProps) {
  const { t } = useTranslation("workflow");
  const classes = useSchema(project.id).data?.body.classes ?? [];
  const own = stage.by_class ?? {};
  const left = classes.filter((one) => !(String(one.id) in own) && !one.archived);
  const title = (id: string) => {
    const found = classes.find((one) => String(one.id) === id);
    return found ? found.title || found.name : id;
  };
  return (
    <>
      <Select
        label={t("method.title")}
        description={t(`methodHelp.${stage.method ?? "majority"}`)}
        allowDeselect={false}
        value={stage.method ?? "majority"}
        data={METHODS.map((value) => ({ value, label: t(`method.${value}`) }))}
        onChange={(method) => set({ method })}
      />
      <Percent
        label={t("threshold")}
        help={t("thresholdHelp")}
        value={stage.threshold ?? USUAL}
        onChange={(threshold) => set({ threshold })}
      />
      {Object.entries(own).map(([id, value]) => (
        <div key={id} className="row g6" style={{ alignItems: "flex-end" }}>
          <Percent
            label={t("thresholdOf", { name: title(id) })}
            value={value}
            onChange={(next) => set({ by_class: { ...own, [id]: next } })}
          />
          <IconButton
            icon="close"
            label={t("removeThreshold", { name: title(id) })}
            onClick={() => set({ by_class: Object.fromEntries(Object.entries(own).filter(([key]) => key !== id)) })}
          />
        </div>
      ))}
      {left.length > 0 && (
        <div>
          <Button
            size="s"
            icon="plus"
            onClick={() => set({ by_class: { ...own, [String(left[0]!.id)]: stage.threshold ?? USUAL } })}
          >
            {t("addThreshold", { name: left[0]!.title || left[0]!.name })}
          </Button>
        </div>
      )}
    </>
  );
}
