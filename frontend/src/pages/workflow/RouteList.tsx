import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Project } from "@/app/project";
import { Button, IconButton } from "@/ui";
import { Condition } from "./Conditions";
import { DONE, nameOf, type Route, TRIAGE, targets, type Workflow } from "./draft";

interface RouteListProps {
  project: Project;
  body: Workflow;
  place: number;
  set: (change: object) => void;
}

/** Where work goes that a condition holds for, past the stages between. The first that holds counts. */
export function RouteList({ project, body, place, set }: RouteListProps) {
  const { t } = useTranslation("workflow");
  const routes = body.stages[place]!.routes ?? [];
  const change = (at: number, part: Partial<Route>) =>
    set({ routes: routes.map((route, index) => (index === at ? { ...route, ...part } : route)) });
  const label = (name: string) => {
    if (name === DONE) return t("done");
    if (name === TRIAGE) return t("common:taskState.triage");
    const at = body.stages.findIndex((_, index) => nameOf(body, index) === name);
    const stage = body.stages[at];
    const plain =
      stage && (stage.kind === "review" ? !stage.name : stage.name === undefined || stage.name === stage.kind);
    return stage && plain ? t(`kind.${stage.kind}`, { level: levelBefore(body, at) }) : name;
  };
  return (
    <div className="col" style={{ gap: 8 }}>
      {routes.length > 0 && (
        <h3 className="m" style={{ fontSize: 13 }}>
          {t("routes.title")}
        </h3>
      )}
      {routes.map((route, index) => (
        <div key={index} className="wf-route">
          <Condition
            project={project}
            label={t("routes.when")}
            required
            value={route.when}
            onChange={(when) => when && change(index, { when })}
          />
          <div className="row g6" style={{ alignItems: "flex-end" }}>
            <Select
              style={{ flex: 1 }}
              label={t("routes.to")}
              allowDeselect={false}
              value={route.to}
              data={targets(body, place).map((value) => ({ value, label: label(value) }))}
              onChange={(to) => to && change(index, { to })}
            />
            <IconButton
              icon="close"
              label={t("routes.remove")}
              onClick={() => set({ routes: routes.filter((_, at) => at !== index) })}
            />
          </div>
        </div>
      ))}
      <div>
        <Button
          size="s"
          icon="plus"
          onClick={() => set({ routes: [...routes, { when: { kind: "has_findings", at_least: 1 }, to: TRIAGE }] })}
        >
          {t("routes.add")}
        </Button>
      </div>
    </div>
  );
}

const levelBefore = (body: Workflow, place: number) =>
  body.stages.slice(0, place + 1).filter((stage) => stage.kind === "review").length;
