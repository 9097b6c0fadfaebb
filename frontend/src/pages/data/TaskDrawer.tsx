import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { toneOf } from "@/app/taskStates";
import { Chip, LinkButton, Loaded, SkeletonRows, useFormat } from "@/ui";
import { MarkGold } from "../gold/MarkGold";
import { AssetFields } from "./AssetFields";
import { Overlay } from "./Gallery";
import { Story } from "./Story";
import { useBecause } from "./useBecause";
import { type TaskRow, useRegions } from "./useTasks";

type TaskOut = Schemas["TaskOut"];

interface TaskDrawerProps {
  project: number;
  task: TaskRow | null;
  classes: Map<number, Schemas["Class"]>;
  mayEdit: boolean;
  onClose: () => void;
}

/** One task beside the list: its picture, what happened to it, and what is known of the image. */
export function TaskDrawer({ project, task, classes, mayEdit, onClose }: TaskDrawerProps) {
  const { t } = useTranslation("data");
  return (
    <Drawer
      opened={task !== null}
      onClose={onClose}
      position="right"
      size={460}
      title={task ? t("drawer.title", { number: task.number }) : ""}
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      {task && <TaskDetail key={task.id} project={project} row={task} classes={classes} mayEdit={mayEdit} />}
    </Drawer>
  );
}

type DetailProps = Omit<TaskDrawerProps, "task" | "onClose"> & { row: TaskRow };

function TaskDetail({ project, row, classes, mayEdit }: DetailProps) {
  const { t } = useTranslation("data");
  const task = useQuery({
    queryKey: ["project", project, "task", row.id],
    queryFn: () => api.get<TaskOut>(`/tasks/${row.id}`),
  });
  const asset = useQuery({
    queryKey: ["project", project, "asset", row.asset.id],
    queryFn: () => api.get<Schemas["AssetOut"]>(`/assets/${row.asset.id}`),
  });
  const regions = useRegions(project, [row], true);
  const { width, height } = row.asset;
  return (
    <div className="col" style={{ gap: 14 }}>
      <div className="drawer-pic" style={{ aspectRatio: `${width} / ${height}` }}>
        <img src={asset.data?.urls.preview ?? row.asset.thumb} alt={row.name} crossOrigin="anonymous" />
        <div style={{ position: "absolute", inset: 0 }} className="drawer-over">
          <Overlay regions={regions.get(row.id) ?? []} asset={row.asset} classes={classes} contain />
        </div>
      </div>
      <div className="row" style={{ flexWrap: "wrap" }}>
        <Chip tone={toneOf(row.state)}>{t(`common:taskState.${row.state}`)}</Chip>
        {row.outcome && <Chip>{t(`outcomeOf.${row.outcome}`)}</Chip>}
        {row.priority !== 0 && <Chip>{t("priorityIs", { value: row.priority })}</Chip>}
        <span className="sp" />
        {row.state === "done" && row.result !== null && <MarkGold project={project} revision={row.result} />}
        <LinkButton kind="primary" to={row.assignment ? `/assignments/${row.assignment}` : `/tasks/${row.id}`}>
          {t(row.assignment ? "drawer.goOn" : "drawer.open")}
        </LinkButton>
      </div>
      {row.triage_reason && <p className="sm warn">{row.triage_reason}</p>}
      <Facts row={row} asset={asset.data} classes={classes} />
      <Loaded query={asset} skeleton={<SkeletonRows rows={4} />}>
        {(value) => <AssetFields project={project} asset={value} mayEdit={mayEdit} />}
      </Loaded>
      <Loaded query={task} skeleton={<SkeletonRows rows={4} />}>
        {(value) => (
          <>
            <Revisions revisions={value.revisions} result={value.task.result} />
            <Issues issues={value.issues} />
            <Story task={value} />
          </>
        )}
      </Loaded>
    </div>
  );
}

type FactsProps = Pick<DetailProps, "row" | "classes"> & { asset?: Schemas["AssetOut"] };

function Facts({ row, asset, classes }: FactsProps) {
  const { t } = useTranslation("data");
  const format = useFormat();
  const because = useBecause(row, classes);
  const facts: [string, string][] = [
    [t("fact.name"), row.name],
    [
      t("fact.size"),
      t("fact.pixels", { width: format.number(row.asset.width), height: format.number(row.asset.height) }),
    ],
    [t("fact.added"), format.dateTime(row.created_at)],
  ];
  if (row.queue_place)
    facts.push([
      t("column.why"),
      t("fact.because", { why: because, place: format.number(row.queue_place.place), model: row.queue_place.model }),
    ]);
  if (row.annotator) facts.push([t("filter.annotator"), row.annotator.name]);
  if (asset) {
    facts.push([t("fact.file"), `${asset.content_type}, ${format.bytes(asset.file_bytes)}, ${asset.bit_depth} bit`]);
    if (asset.page !== null) facts.push([t("fact.page"), String(asset.page + 1)]);
    if (asset.duplicate_of !== null) facts.push([t("fact.duplicate"), String(asset.duplicate_of)]);
  }
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Revisions({ revisions, result }: { revisions: Schemas["RevisionOut"][]; result: number | null }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  if (revisions.length === 0) return null;
  return (
    <section>
      <h2>{t("drawer.revisions")}</h2>
      <ul className="story">
        {revisions.map((one) => (
          <li key={one.id}>
            <span className="m nw">{t("drawer.revision", { number: one.number })}</span>
            <span className="t2 el">
              {t(`kindOf.${one.kind}`)}, {one.author?.name ?? ""}, {t("drawer.regions", { count: one.region_count })}
            </span>
            <span className="sp" />
            {one.id === result && <Chip tone="ok">{t("drawer.result")}</Chip>}
            <span className="t3 nw">{format.duration(one.active_ms / 1000)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Issues({ issues }: { issues: Schemas["IssueOut"][] }) {
  const { t } = useTranslation("data");
  const format = useFormat();
  if (issues.length === 0) return null;
  return (
    <section>
      <h2>{t("drawer.issues")}</h2>
      {issues.map((issue) => (
        <div key={issue.id} style={{ borderBottom: "1px solid var(--lw-line)", padding: "6px 0" }}>
          <div className="row sm">
            <span className="m">#{issue.number}</span>
            <Chip small tone={issue.state === "open" ? "warn" : "ok"}>
              {t(`issueState.${issue.state}`)}
            </Chip>
          </div>
          {issue.comments.map((comment) => (
            <p key={comment.id} className="sm" style={{ marginTop: 4, overflowWrap: "anywhere" }}>
              <span className="m">{comment.author?.name ?? ""}</span>{" "}
              <span className="t3">{format.ago(comment.created_at)}</span>
              <br />
              {comment.text}
            </p>
          ))}
        </div>
      ))}
    </section>
  );
}
