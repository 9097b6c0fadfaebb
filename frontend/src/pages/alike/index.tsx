import { Checkbox, NumberInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Schemas } from "@/api/types";
import { isOpen } from "@/app/jobs";
import { useProject } from "@/app/project";
import { BulkBar, Button, EmptyState, LinkButton, Loaded, LoadMore, Page, ProgressBar, useFormat, useKey } from "@/ui";
import { useBulk } from "../data/Bulk";
import { AlikeRow } from "./AlikeRow";
import { useTogether } from "./useTogether";
import "./alike.css";

type Found = Schemas["AlikePage"];
const POLL = 1_000; // ms, while they are looked for
const PAGE = 30; // groups
const BITS = 64;
const MOST = 12; // bits

const isLooking = (page: Found | undefined) => isOpen(page?.job ?? null);

/** /projects/:projectId/look-alikes: copies and pictures that look alike, side by side, and what is done about them. */
export default function AlikePage() {
  const { t } = useTranslation("alike");
  const project = useProject();
  const [settled, setSettled] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const { pages, rows } = usePages({
    queryKey: ["project", project.id, "alike", settled],
    ask: (cursor) =>
      api.get<Found>(`/projects/${project.id}/look-alikes`, {
        query: { limit: PAGE, cursor, settled: settled || null },
      }),
    refetchInterval: (query) => (isLooking(query.state.data?.pages[0]) ? POLL : false),
  });
  const bulk = useBulk(project.id, () => setChosen(new Set()));
  const together = useTogether(project.id);
  const ids = rows.flatMap((group) => group.pictures).filter((one) => chosen.has(one.task));
  const leaveOut = (action: "trash" | "archive") => bulk.mutate({ action, ids: ids.map((one) => one.task) });
  useKey("Delete", () => leaveOut("trash"), ids.length > 0 && !bulk.isPending);
  function choose(tasks: number[], on: boolean) {
    const next = new Set(chosen);
    for (const task of tasks)
      if (on) next.add(task);
      else next.delete(task);
    setChosen(next);
  }
  const others = rows.flatMap((group) => group.pictures.slice(1).map((one) => one.task));
  return (
    <Page
      title={t("title")}
      within={project.name}
      actions={<LinkButton to={`/projects/${project.id}/data`}>{t("toData")}</LinkButton>}
    >
      <div className="gut col" style={{ gap: 12, paddingBottom: 96 }}>
        <p className="sm t2">{t("lead")}</p>
        <Loaded query={pages}>
          {(data) => (
            <>
              <Head project={project.id} page={data.pages[0]!} />
              {data.pages[0]!.compared !== null && (
                <div className="row g6" style={{ flexWrap: "wrap" }}>
                  <Checkbox
                    size="xs"
                    checked={settled}
                    onChange={(event) => setSettled(event.currentTarget.checked)}
                    label={t("settled")}
                  />
                  <span className="sp" />
                  {others.length > 0 && (
                    <Button size="s" onClick={() => choose(others, true)}>
                      {t("chooseOthers", { count: others.length })}
                    </Button>
                  )}
                </div>
              )}
              {data.pages[0]!.compared !== null && rows.length === 0 && !pages.hasNextPage && (
                <EmptyState inline icon="check" title={t("none")}>
                  {t("noneLead")}
                </EmptyState>
              )}
              {rows.map((group) => (
                <AlikeRow
                  key={group.id}
                  project={project.id}
                  group={group}
                  chosen={chosen}
                  onChoose={choose}
                  busy={together.isPending}
                  onTogether={() => together.mutate(group)}
                />
              ))}
              <LoadMore pages={pages} />
            </>
          )}
        </Loaded>
      </div>
      <BulkBar count={ids.length} onClear={() => setChosen(new Set())}>
        <Button kind="quiet" icon="trash" keys="Delete" busy={bulk.isPending} onClick={() => leaveOut("trash")}>
          {t("data:bulk.trash")}
        </Button>
        <Button kind="quiet" icon="folder" busy={bulk.isPending} onClick={() => leaveOut("archive")}>
          {t("data:bulk.archive")}
        </Button>
      </BulkBar>
    </Page>
  );
}

/** How far the last look came, and another one. */
function Head({ project, page }: { project: number; page: Found }) {
  const { t } = useTranslation("alike");
  const format = useFormat();
  const queries = useQueryClient();
  const [within, setWithin] = useState(page.within ?? 4);
  const looking = isLooking(page);
  const look = useMutation({
    mutationFn: () => api.post(`/projects/${project}/look-alikes`, { within }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project, "alike"] }),
  });
  return (
    <div className="row" style={{ gap: 16, alignItems: "flex-end", flexWrap: "wrap" }}>
      <div className="col" style={{ gap: 4 }} aria-live="polite">
        <span className="m">
          {looking
            ? t("looking")
            : page.compared === null
              ? t("notLooked")
              : t("compared", { count: page.compared, shown: format.number(page.compared) })}
        </span>
        {page.unseen > 0 && <span className="xs t3">{t("unseen", { count: page.unseen })}</span>}
        {looking && page.job && (
          <span style={{ width: 200 }}>
            <ProgressBar value={page.job.total ? page.job.done / page.job.total : null} label={t("looking")} />
          </span>
        )}
      </div>
      <span className="sp" />
      <NumberInput
        style={{ width: 190 }}
        label={t("within")}
        description={t("withinHelp", { most: format.number(BITS) })}
        min={0}
        max={MOST}
        allowDecimal={false}
        clampBehavior="strict"
        value={within}
        onChange={(value) => setWithin(Number(value) || 0)}
      />
      <Button kind="primary" busy={look.isPending || looking} onClick={() => look.mutate()}>
        {t("look")}
      </Button>
    </div>
  );
}
