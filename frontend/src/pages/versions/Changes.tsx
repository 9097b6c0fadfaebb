import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { classTitle, useClasses } from "@/app/schema";
import { Loaded, LoadMore, Seg, useFormat } from "@/ui";
import { type Version, versionsKey } from "./splits";

type Diff = Schemas["VersionDiff"];
type Changed = Schemas["ChangedItem"];
const KINDS = ["added", "removed", "relabelled", "moved"] as const;
type Kind = (typeof KINDS)[number];

/** What changed since another version: items with pictures, regions, classes, splits. */
export function Changes({ version }: { version: Version }) {
  const { t } = useTranslation("versions");
  const [chosen, setChosen] = useState<string | null>(null);
  const others = useQuery({
    queryKey: [...versionsKey(version.project), "others"],
    queryFn: () => api.get<Listed<Version>>(`/projects/${version.project}/versions`, { query: { limit: 200 } }),
  });
  return (
    <Loaded query={others}>
      {({ results }) => {
        const rows = results.filter((one) => one.id !== version.id && one.state === "frozen");
        const before = rows.find((one) => one.number < version.number && one.name) ?? rows[0];
        const against = chosen ?? (before ? String(before.id) : null);
        if (!against) return <p className="sm t2">{t("nothingToCompare")}</p>;
        return (
          <div className="col" style={{ gap: 16 }}>
            <Select
              style={{ maxWidth: 320 }}
              label={t("compareWith")}
              value={against}
              allowDeselect={false}
              onChange={setChosen}
              data={rows.map((one) => ({
                value: String(one.id),
                label: `${t("numbered", { number: one.number })} ${one.name}`,
              }))}
            />
            <Difference version={version} against={against} />
          </div>
        );
      }}
    </Loaded>
  );
}

function Difference({ version, against }: { version: Version; against: string }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const [kind, setKind] = useState<Kind | null>(null);
  const diff = useQuery({
    queryKey: ["version", version.id, "diff", against],
    queryFn: () => api.get<Diff>(`/versions/${version.id}/diff`, { query: { against } }),
  });
  return (
    <Loaded query={diff}>
      {(value) => {
        const counts = Object.fromEntries(KINDS.map((one) => [one, value[`${one}_count`]])) as Record<Kind, number>;
        const shown = kind ?? KINDS.find((one) => counts[one] > 0) ?? "added";
        return (
          <>
            <Classes diff={value} project={version.project} />
            <div className="row">
              <Seg<Kind>
                label={t("show")}
                value={shown}
                onChange={setKind}
                options={KINDS.map((one) => ({
                  value: one,
                  label: `${t(`kinds.${one}`)} ${format.number(counts[one])}`,
                }))}
              />
            </div>
            {counts[shown] === 0 ? (
              <p className="sm t2">{t("noneOfKind")}</p>
            ) : (
              <ChangedItems version={version} against={against} kind={shown} />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Classes({ diff, project }: { diff: Diff; project: number }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const classes = useClasses(project);
  const changed = diff.classes.filter((one) => one.before !== one.now);
  const by = (before: number, now: number) => `${now >= before ? "+" : "−"}${format.number(Math.abs(now - before))}`;
  return (
    <p className="sm" style={{ margin: 0 }}>
      {t("regionsFromTo", { before: format.number(diff.regions_before), now: format.number(diff.regions) })}
      {changed.map((one) => (
        <span key={one.class_id} style={{ marginLeft: 14 }} className="ve-key">
          <i style={{ background: classes.get(one.class_id)?.color }} />
          {classTitle(classes, one.class_id)} <b>{by(one.before, one.now)}</b>
        </span>
      ))}
    </p>
  );
}

function ChangedItems({ version, against, kind }: { version: Version; against: string; kind: Kind }) {
  const { t } = useTranslation("versions");
  const { pages: items, rows } = usePages({
    queryKey: ["version", version.id, "changes", against, kind],
    ask: (cursor) =>
      api.get<Listed<Changed>>(`/versions/${version.id}/changes`, {
        query: { against, kind, limit: 60, cursor },
      }),
  });
  return (
    <>
      {kind === "relabelled" && (
        <div className="row" style={{ gap: 16 }}>
          {(["added", "removed", "changed"] as const).map((change) => (
            <span key={change} className="ve-key sm t2">
              <i style={{ background: CHANGE_COLOURS[change] }} />
              {t(`regionChange.${change}`)}
            </span>
          ))}
        </div>
      )}
      <Loaded query={items}>
        {() => (
          <div className="ve-pictures">
            {rows.map((item) => (
              <ChangedPicture key={item.task} project={version.project} item={item} kind={kind} />
            ))}
          </div>
        )}
      </Loaded>
      <LoadMore pages={items} />
    </>
  );
}

const CHANGE_COLOURS = { added: "var(--lw-ok)", removed: "var(--lw-bad)", changed: "var(--lw-warn)" } as const;

function ChangedPicture({ project, item, kind }: { project: number; item: Changed; kind: Kind }) {
  const { t } = useTranslation("versions");
  const count = (change: string) => item.regions.filter((one) => one.change === change).length;
  return (
    <div className="ve-picture">
      <span className="ve-overlaid">
        <img src={item.thumb} alt="" loading="lazy" crossOrigin="anonymous" draggable={false} />
        <svg viewBox={`0 0 ${item.width} ${item.height}`} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
          {item.regions.map(
            (one, index) =>
              one.bounds && (
                <rect
                  key={index}
                  x={one.bounds[0]}
                  y={one.bounds[1]}
                  width={one.bounds[2]! - one.bounds[0]!}
                  height={one.bounds[3]! - one.bounds[1]!}
                  fill="none"
                  stroke={CHANGE_COLOURS[one.change]}
                  strokeWidth={1.5}
                  vectorEffect="non-scaling-stroke"
                />
              ),
          )}
        </svg>
      </span>
      <Link className="lnk sm ve-cut" to={`/projects/${project}/data?task=${item.task}`} title={item.name}>
        {item.name}
      </Link>
      <span className="xs t2">
        {kind === "moved"
          ? t("fromTo", { from: item.split_before || "–", to: item.split || "–" })
          : kind === "relabelled"
            ? `+${count("added")} −${count("removed")} ~${count("changed")}`
            : item.split || item.split_before || ""}
      </span>
    </div>
  );
}
