import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, Loaded } from "@/ui";
import { useFormat } from "@/ui/format";
import type { Work } from "../label/work/desk";

type Row = Schemas["ReviewQueueRow"];

/** Codes of what makes work worth a look, with how much (of 100) and in which colour. */
const RISK: Record<string, [number, string]> = {
  resubmitted: [60, "var(--lw-warn-fill)"],
  open_issue: [92, "var(--lw-bad-fill)"],
  uncertain: [77, "var(--lw-bad-fill)"],
  fast: [70, "var(--lw-warn-fill)"],
  empty: [50, "var(--lw-warn-fill)"],
};
const ORDINARY: [number, string] = [15, "var(--lw-line-strong)"];

function riskOf(row: Row): [number, string] {
  return row.why.map((code) => RISK[code] ?? ORDINARY).reduce((a, b) => (b[0] > a[0] ? b : a), ORDINARY);
}

interface QueueProps {
  projectId: number;
  work: Work | null;
  onOpen: (row: Row) => void;
}

export const queueKey = (projectId: number) => ["review-queue", projectId] as const;

export function useReviewQueue(projectId: number) {
  return useInfiniteQuery({
    queryKey: queueKey(projectId),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get<Listed<Row>>(`/projects/${projectId}/reviews/queue`, { query: { cursor: pageParam, limit: 50 } }),
    getNextPageParam: (page) => page.next,
  });
}

/** What waits for a verdict, in the order in which it is handed out; the one in hand stands first. */
export function Queue({ projectId, work, onOpen }: QueueProps) {
  const { t } = useTranslation("review");
  const query = useReviewQueue(projectId);
  const rows = query.data?.pages.flatMap(({ results }) => results) ?? [];
  const more = query.hasNextPage ? "+" : "";
  return (
    <aside className="panel lw-queue" aria-label={t("queue.title")}>
      <div className="sec" style={{ height: 36 }}>
        <h2>{t("queue.title")}</h2>
        <span className="c">
          {rows.length + (work ? 1 : 0)}
          {more}
        </span>
      </div>
      <ul className="lw-queue-rows">
        {work && <CurrentRow work={work} />}
        <Loaded query={query}>{() => rows.map((row) => <QueueRow key={row.slot} row={row} onOpen={onOpen} />)}</Loaded>
        {query.hasNextPage && (
          <li style={{ padding: "6px 10px" }}>
            <Button size="s" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t("queue.more")}
            </Button>
          </li>
        )}
      </ul>
      <div className="xs t3 lw-queue-foot">{t("queue.order")}</div>
    </aside>
  );
}

function Thumb({ url }: { url: string }) {
  return url ? (
    <img className="th lw-thumb" src={url} alt="" crossOrigin="anonymous" loading="lazy" />
  ) : (
    <span className="th lw-thumb" />
  );
}

function CurrentRow({ work }: { work: Work }) {
  const { t } = useTranslation("review");
  const { number } = useFormat();
  const { doc } = work;
  return (
    <li className="qr li on" aria-current="true">
      <Thumb url={doc.asset.urls.thumb} />
      <div style={{ minWidth: 0, flex: 1 }}>
        <div className="row g6">
          <span className="m">{number(doc.task.number)}</span>
          <span className="t3 xs el">{doc.revision?.author?.name}</span>
        </div>
        <div className="xs t2 el">{t("queue.now")}</div>
      </div>
    </li>
  );
}

function QueueRow({ row, onOpen }: { row: Row; onOpen: (row: Row) => void }) {
  const { t } = useTranslation("review");
  const { number } = useFormat();
  const [risk, color] = riskOf(row);
  const why = row.why.map((code) => t(`why.${code}`, { count: row.open_issues, defaultValue: code })).join(", ");
  return (
    <li>
      <button type="button" className="qr li" onClick={() => onOpen(row)}>
        <Thumb url={row.thumb} />
        <span style={{ minWidth: 0, flex: 1, display: "block" }}>
          <span className="row g6">
            <span className="m">{number(row.number)}</span>
            <span className="t3 xs el">{row.author?.name}</span>
          </span>
          <span className="xs t2 el" style={{ display: "block" }}>
            {why}
          </span>
        </span>
        <span className="rk" role="img" aria-label={t("queue.risk", { risk })}>
          <i style={{ height: `${risk}%`, background: color }} />
        </span>
      </button>
    </li>
  );
}
