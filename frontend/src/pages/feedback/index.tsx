import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { Chip, EmptyState, Loaded, LoadMore, Page, Seg, type Tone, useFormat } from "@/ui";
import { Detail } from "./Detail";
import "../questions/questions.css";
import "./feedback.css";

export type Feedback = Schemas["FeedbackOut"];
export type Dispute = Schemas["DisputeOut"];
type Row = Schemas["FeedbackRow"];
type Which = "mine" | "disputes";
type Filter = "all" | "fix" | "reject";

export const feedbackKey = (project: number) => ["project", project, "feedback"];
export const DISPUTE_TONES: Record<Dispute["state"], Tone> = { open: "warn", upheld: "neutral", overturned: "ok" };
const VERDICT_TONES: Record<string, Tone> = { fix: "warn", reject: "bad" };

/** What became of one's own work, and for reviewers the disputes that wait for a decision. */
export default function FeedbackPage() {
  const { t } = useTranslation("feedback");
  const project = useProject();
  const queries = useQueryClient();
  const [address, setAddress] = useSearchParams();
  const reviews = project.actions.includes("review");
  const which: Which = reviews && address.get("which") === "disputes" ? "disputes" : "mine";
  const user = Number(address.get("user")) || null;
  const verdict = (["fix", "reject"].find((one) => one === address.get("verdict")) ?? "all") as Filter;
  const chosen = Number(address.get("review")) || null;
  const again = () => void queries.invalidateQueries({ queryKey: feedbackKey(project.id) });
  useEvent("dispute.changed", again);
  useEvent("reconnected", again);
  const change = (values: Record<string, string | null>) =>
    setAddress((before) => {
      for (const [name, value] of Object.entries(values)) value ? before.set(name, value) : before.delete(name);
      return before;
    });
  const { pages: list, rows } = usePages({
    queryKey: [...feedbackKey(project.id), "list", which, verdict, user],
    ask: async (cursor): Promise<Listed<Entry>> => {
      const page = { limit: 50, cursor };
      if (which === "disputes") {
        const found = await api.get<Listed<Dispute>>(`/projects/${project.id}/disputes`, { query: page });
        return { ...found, results: found.results.map(ofDispute) };
      }
      const query = { ...page, user, verdict: verdict === "all" ? null : verdict };
      const found = await api.get<Listed<Row>>(`/projects/${project.id}/feedback`, { query });
      return { ...found, results: found.results.map(ofRow) };
    },
  });
  const shown = chosen ?? rows[0]?.review ?? null;
  const nothing = which === "disputes" ? "noDisputes" : "none";
  return (
    <Page
      title={t(user === null ? "title" : "titleOf")}
      within={project.name}
      actions={
        <>
          {which === "mine" && (
            <Seg<Filter>
              label={t("filter")}
              value={verdict}
              onChange={(next) => change({ verdict: next === "all" ? null : next, review: null })}
              options={(["all", "fix", "reject"] as const).map((value) => ({ value, label: t(value) }))}
            />
          )}
          {reviews && (
            <Seg<Which>
              label={t("which")}
              value={which}
              onChange={(next) => change({ which: next, review: null, verdict: null })}
              options={[
                { value: "mine", label: t("mine") },
                { value: "disputes", label: t("disputes") },
              ]}
            />
          )}
        </>
      }
    >
      <div className="qu">
        <nav className="qu-list" aria-label={t("which")}>
          <Loaded query={list}>
            {() =>
              rows.length === 0 ? (
                <EmptyState inline icon="check" title={t(nothing)}>
                  {t(`${nothing}Lead`)}
                </EmptyState>
              ) : (
                <ul>
                  {rows.map((row) => (
                    <EntryRow
                      key={row.review}
                      row={row}
                      on={row.review === shown}
                      onOpen={() => change({ review: String(row.review) })}
                    />
                  ))}
                </ul>
              )
            }
          </Loaded>
          <LoadMore pages={list} size="s" style={{ padding: 8 }} />
        </nav>
        <section className="qu-detail" aria-label={t("one")}>
          {shown !== null && <Shown key={shown} review={shown} />}
        </section>
      </div>
    </Page>
  );
}

/** A line of either list. */
interface Entry {
  review: number;
  number: number;
  name: string;
  thumb: string;
  verdict: string;
  reason: string;
  person: string | null;
  at: string;
  dispute: Dispute["state"] | null;
}

const ofRow = ({ review, task_number, task_name, thumb, dispute }: Row): Entry => ({
  review: review.id,
  number: task_number,
  name: task_name,
  thumb,
  verdict: review.verdict,
  reason: review.reason,
  person: review.reviewer?.name ?? null,
  at: review.created_at,
  dispute: dispute?.state ?? null,
});

const ofDispute = (one: Dispute): Entry => ({
  review: one.review,
  number: one.task_number,
  name: one.task_name,
  thumb: one.thumb,
  verdict: one.verdict,
  reason: one.text,
  person: one.author?.name ?? null,
  at: one.created_at,
  dispute: one.state,
});

function EntryRow({ row, on, onOpen }: { row: Entry; on: boolean; onOpen: () => void }) {
  const { t } = useTranslation("feedback");
  const format = useFormat();
  return (
    <li>
      <button type="button" className={`li qu-row ${on ? "on" : ""}`} aria-current={on || undefined} onClick={onOpen}>
        {row.thumb && <img className="th" src={row.thumb} alt="" crossOrigin="anonymous" width={44} height={34} />}
        <span style={{ minWidth: 0, flex: 1 }}>
          <span className="row g6">
            <span className="m">{format.number(row.number)}</span>
            <span className="t3 sm el">{row.name}</span>
            <span className="sp" />
            <Chip small tone={VERDICT_TONES[row.verdict] ?? "neutral"}>
              {t(`verdict.${row.verdict}`)}
            </Chip>
          </span>
          {row.reason && <span className="qu-text sm">{row.reason}</span>}
          <span className="xs t3 row g6">
            <span className="el">{row.person}</span>
            <span className="nw">{format.ago(row.at)}</span>
            <span className="sp" />
            {row.dispute && (
              <Chip small tone={DISPUTE_TONES[row.dispute]}>
                {t(`dispute.${row.dispute}`)}
              </Chip>
            )}
          </span>
        </span>
      </button>
    </li>
  );
}

function Shown({ review }: { review: number }) {
  const project = useProject();
  const feedback = useQuery({
    queryKey: [...feedbackKey(project.id), review],
    queryFn: () => api.get<Feedback>(`/reviews/${review}/feedback`),
  });
  return <Loaded query={feedback}>{(one) => <Detail feedback={one} />}</Loaded>;
}
