import { NumberInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Schemas } from "@/api/types";
import { isOpen } from "@/app/jobs";
import { Button, EmptyState, Loaded, LoadMore, ProgressBar, useFormat } from "@/ui";
import { Picture } from "./Items";
import { splitNames, type Version } from "./splits";

type Page = Schemas["SplitLeakPage"];
const POLL = 1_000; // ms, while they are looked for
const KINDS = ["same_file", "same_group", "look_alike"] as const;

/** Pairs across splits that share a file or a group, or look alike, each with a move beside it. */
export function Leaks({ version, may }: { version: Version; may: boolean }) {
  const { t } = useTranslation("versions");
  const { pages: leaks, rows } = usePages({
    queryKey: ["version", version.id, "leaks"],
    ask: (cursor) => api.get<Page>(`/versions/${version.id}/leaks`, { query: { limit: 30, cursor } }),
    refetchInterval: (query) => (isLooking(query.state.data?.pages[0]) ? POLL : false),
  });
  if (Object.keys(version.splits).length < 2) return <p className="sm t2">{t("noLeaksWithoutSplits")}</p>;
  return (
    <Loaded query={leaks}>
      {({ pages }) => (
        <section className="col" style={{ gap: 16 }} aria-label={t("tabs.leaks")}>
          <Head version={version} page={pages[0]!} may={may} />
          {pages[0]!.counts && pages[0]!.results.length === 0 && (
            <EmptyState inline icon="check" title={t("noLeaks")}>
              {t("noLeaksLead")}
            </EmptyState>
          )}
          {rows.map((leak) => (
            <Pair key={leak.id} version={version} leak={leak} may={may} />
          ))}
          <LoadMore pages={leaks} />
        </section>
      )}
    </Loaded>
  );
}

function isLooking(page: Page | undefined): boolean {
  return page?.counts === null && isOpen(page.job);
}

function Head({ version, page, may }: { version: Version; page: Page; may: boolean }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const queries = useQueryClient();
  const [within, setWithin] = useState(page.within ?? 4);
  const looking = isLooking(page);
  const look = useMutation({
    mutationFn: () => api.post(`/versions/${version.id}/leaks`, { within }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["version", version.id, "leaks"] }),
  });
  return (
    <div className="row" style={{ gap: 16, alignItems: "flex-end", flexWrap: "wrap" }}>
      <div className="col" style={{ gap: 4 }}>
        {page.counts ? (
          <span className="m">
            {KINDS.map((kind) => t(`leakCount.${kind}`, { count: page.counts![kind] ?? 0 })).join(", ")}
          </span>
        ) : (
          <span className="m">{looking ? t("looking") : t("notLooked")}</span>
        )}
        {page.unseen > 0 && <span className="xs t3">{t("unseen", { count: page.unseen })}</span>}
        {looking && page.job && (
          <span style={{ width: 200 }}>
            <ProgressBar value={page.job.total ? page.job.done / page.job.total : null} label={t("looking")} />
          </span>
        )}
      </div>
      <span className="sp" />
      {may && (
        <>
          <NumberInput
            style={{ width: 190 }}
            label={t("within")}
            description={t("withinHelp", { most: format.number(64) })}
            min={0}
            max={12}
            allowDecimal={false}
            clampBehavior="strict"
            value={within}
            onChange={(value) => setWithin(Number(value) || 0)}
          />
          <Button busy={look.isPending || looking} onClick={() => look.mutate()}>
            {t("lookForLeaks")}
          </Button>
        </>
      )}
    </div>
  );
}

function Pair({ version, leak, may }: { version: Version; leak: Schemas["SplitLeak"]; may: boolean }) {
  const { t } = useTranslation("versions");
  const names = splitNames(version);
  return (
    <article className="ve-pair">
      <div className="col" style={{ gap: 2 }}>
        <span className="m sm">{t(`leak.${leak.kind}`)}</span>
        {leak.kind === "look_alike" && <span className="xs t3">{t("bitsApart", { count: leak.distance ?? 0 })}</span>}
      </div>
      <Picture version={version} item={leak.first} names={names} may={may} />
      <Picture version={version} item={leak.second} names={names} may={may} />
    </article>
  );
}
