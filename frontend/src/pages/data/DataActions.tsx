import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { Button, Icon, LinkButton, Seg } from "@/ui";
import { activeMembers, type View } from "./filters";
import { LabelThese } from "./LabelThese";
import type { Selection } from "./selection";

interface DataActionsProps {
  project: Project;
  view: View;
  selection: Selection;
  total: number;
  onLayout: (layout: View["layout"]) => void;
  onAdd: () => void;
}

export const isFiltered = ({ filter }: View) => activeMembers(filter).length > 0 || filter.search !== "";

/** At the right of the head: table or gallery, more images, and labelling what is shown. */
export function DataActions({ project, view, selection, total, onLayout, onAdd }: DataActionsProps) {
  const { t } = useTranslation("data");
  const may = (action: string) => project.actions.includes(action);
  return (
    <>
      <Seg
        label={t("layout")}
        value={view.layout}
        onChange={onLayout}
        options={[
          { value: "table", label: <LayoutName icon="list" name={t("table")} /> },
          { value: "gallery", label: <LayoutName icon="grid" name={t("gallery")} /> },
        ]}
      />
      {may("tasks.manage") && total > 1 && (
        <LinkButton kind="quiet" icon="copy" to={`/projects/${project.id}/look-alikes`}>
          {t("alike:title")}
        </LinkButton>
      )}
      {may("assets.add") && (
        <Button icon="upload" onClick={onAdd}>
          {t("addImages")}
        </Button>
      )}
      {may("annotate") && project.state === "active" && total > 0 && (
        <LabelThese
          project={project.id}
          filter={view.filter}
          filtered={isFiltered(view)}
          selection={selection}
          total={total}
        />
      )}
    </>
  );
}

function LayoutName({ icon, name }: { icon: "list" | "grid"; name: string }) {
  return (
    <>
      <Icon name={icon} size="s" />
      {name}
    </>
  );
}
