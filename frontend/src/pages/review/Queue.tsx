import { useTranslation } from "react-i18next";
import { usePages } from "@/api/pages";
import { Loaded, LoadMore } from "@/ui";
import { useFormat } from "@/ui/format";
import type { Work } from "../label/work/desk";
import { AcceptClean } from "./AcceptClean";
import { QueueFilters, QueueTools } from "./QueueTools";
import { filtersOf, type QueueRow as QueueRowOut, type QueueView, queuePage } from "./queueView";

const HIGH = 75; // of 100
const SOME = 40;

function colorOf(risk: number): string {
  if (risk >= HIGH) return "var(--lw-bad-fill)";
  return risk >= SOME ? "var(--lw-warn-fill)" : "var(--lw-line-strong)";
}

interface QueueProps {
  projectId: number;
  work: Work | null;
  view: QueueView;
  onView: (change: Partial<QueueView>) => void;
  onOpen: (row: QueueRowOut) => void;
}

export const queueKey = (projectId: number) => ["review-queue", projectId] as const;

/** What waits for a verdict, in the order in which it comes to hand; the one in hand stands first. */
export function Queue({ projectId, work, view, onView, onOpen }: QueueProps) {
  const { t } = useTranslation("review");
  const { pages: query, rows } = usePages({
    queryKey: [...queueKey(projectId), view],
    ask: (cursor) => queuePage(projectId, view, { cursor, limit: 50 }),
  });
  const more = query.hasNextPage ? "+" : "";
  return (
    <aside className="panel lw-queue" aria-label={t("queue.title")}>
      <div className="sec" style={{ height: 36 }}>
        <h2>{t("queue.title")}</h2>
        <span className="c">
          {rows.length + (work ? 1 : 0)}
          {more}
        </span>
        <span className="sp" />
        <QueueTools projectId={projectId} view={view} onView={onView} />
      </div>
      <QueueFilters projectId={projectId} view={view} onView={onView} />
      <ul className="lw-queue-rows">
        {work && <CurrentRow work={work} />}
        <Loaded query={query}>
          {() =>
            rows.length === 0 && filtersOf(view).length > 0 ? (
              <li className="sm t3 lw-none">{t("queue.nothing")}</li>
            ) : (
              rows.map((row) => <QueueRow key={row.slot} row={row} onOpen={onOpen} />)
            )
          }
        </Loaded>
        <LoadMore pages={query} as="li" size="s" style={{ padding: "6px 10px" }} />
      </ul>
      <AcceptClean projectId={projectId} view={view} />
      <div className="xs t3 lw-queue-foot">{t(`queue.orderOf.${view.order}`)}</div>
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
        <div className="xs t2 el">{t(work.session || work.coming ? "queue.now" : "queue.seen")}</div>
      </div>
    </li>
  );
}

function QueueRow({ row, onOpen }: { row: QueueRowOut; onOpen: (row: QueueRowOut) => void }) {
  const { t } = useTranslation("review");
  const { number } = useFormat();
  const counts: Record<string, number> = { open_issue: row.open_issues, finding: row.findings };
  const why = row.why.map((code) => t(`why.${code}`, { count: counts[code], defaultValue: code })).join(", ");
  return (
    <li>
      <button type="button" className="qr li" onClick={() => onOpen(row)}>
        <Thumb url={row.thumb} />
        <span style={{ minWidth: 0, flex: 1, display: "block" }}>
          <span className="row g6">
            <span className="m">{number(row.number)}</span>
            <span className="t3 xs el">{row.author?.name}</span>
          </span>
          <span className="xs t2 el" style={{ display: "block" }} title={why}>
            {why}
          </span>
        </span>
        <span className="rk" role="img" aria-label={t("queue.risk", { risk: row.risk })}>
          <i style={{ height: `${row.risk}%`, background: colorOf(row.risk) }} />
        </span>
      </button>
    </li>
  );
}
