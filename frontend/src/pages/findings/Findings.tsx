import { Select, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useFindingWords } from "@/app/findingWords";
import { isOpen } from "@/app/jobs";
import { useMembers, useProject } from "@/app/project";
import { useClasses } from "@/app/schema";
import {
  BulkBar,
  Button,
  Dialog,
  DialogButtons,
  EmptyState,
  ErrorState,
  Icon,
  LoadMore,
  ProgressBar,
  Seg,
  SkeletonRows,
  useFormat,
} from "@/ui";
import { FindingItem } from "./FindingItem";
import {
  type Filter,
  type FindingRow,
  given,
  STATES,
  useDecide,
  useFilter,
  useFindings,
  useRun,
  useSummary,
} from "./useFindings";
import "./findings.css";

type Chosen = ReadonlySet<number> | "all";

/** What the checks found in the project's work: narrowed, opened in place, accepted as it is. */
export function Findings() {
  const { t } = useTranslation("findings");
  const project = useProject();
  const may = (action: string) => project.actions.includes(action);
  const [filter, setFilter] = useFilter();
  const { rows, pages } = useFindings(project.id, filter);
  const summary = useSummary(project.id);
  const classes = useClasses(project.id);
  const [chosen, choose] = useState<Chosen>(new Set());
  const [asking, ask] = useState(false);
  const decide = useDecide(project.id, () => {
    choose(new Set());
    ask(false);
  });
  function change(next: Partial<Filter>) {
    choose(new Set());
    setFilter(next);
  }
  const isChosen = (row: FindingRow) => chosen === "all" || chosen.has(row.id);
  function toggle(row: FindingRow) {
    const next = new Set(chosen === "all" ? rows.map(({ id }) => id) : chosen);
    if (!next.delete(row.id)) next.add(row.id);
    choose(next);
  }
  const which = chosen === "all" ? { filter: given(filter) as never } : { ids: [...chosen] };
  const count = chosen === "all" ? totalOf(summary.data, filter, rows.length) : chosen.size;
  return (
    <div className="fd">
      <Bar filter={filter} onChange={change} summary={summary.data} mayRun={may("tasks.manage")} />
      {pages.isError && <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && (
        <div className="gut">
          <SkeletonRows rows={8} height={72} />
        </div>
      )}
      {pages.isSuccess && rows.length === 0 && <Nothing filter={filter} ran={summary.data?.run != null} />}
      <ul className="fd-list" aria-label={t("list.title")}>
        {rows.map((row) => (
          <FindingItem
            key={row.id}
            row={row}
            found={row.class_id === null ? undefined : classes.get(row.class_id)}
            chosen={isChosen(row)}
            onToggle={filter.state === "fixed" ? undefined : () => toggle(row)}
          />
        ))}
      </ul>
      <LoadMore pages={pages} className="row fd-more" />
      <BulkBar count={count} onClear={() => choose(new Set())}>
        {chosen !== "all" && count < totalOf(summary.data, filter, rows.length) && (
          <Button kind="quiet" onClick={() => choose("all")}>
            {t("list.all")}
          </Button>
        )}
        {filter.state === "open" ? (
          <Button kind="quiet" icon="check" onClick={() => ask(true)}>
            {t("list.accept")}
          </Button>
        ) : (
          <Button
            kind="quiet"
            icon="undo"
            busy={decide.isPending}
            onClick={() => decide.mutate({ state: "open", ...which })}
          >
            {t("list.open")}
          </Button>
        )}
      </BulkBar>
      {asking && (
        <AcceptDialog
          count={count}
          busy={decide.isPending}
          onAccept={(reason) => decide.mutate({ state: "accepted", reason, ...which })}
          onClose={() => ask(false)}
        />
      )}
    </div>
  );
}

/** How many the filter finds, where the counts by rule say so; else those that are loaded. */
function totalOf(summary: Schemas["FindingsSummary"] | undefined, filter: Filter, loaded: number): number {
  if (!summary || filter.class_id || filter.person || filter.state === "fixed") return loaded;
  const state = filter.state;
  return summary.rules
    .filter((one) => !filter.rule || one.rule === filter.rule)
    .reduce((sum, one) => sum + one[state], 0);
}

interface BarProps {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
  summary: Schemas["FindingsSummary"] | undefined;
  mayRun: boolean;
}

function Bar({ filter, onChange, summary, mayRun }: BarProps) {
  const { t } = useTranslation("findings");
  const project = useProject();
  const words = useFindingWords();
  const classes = useClasses(project.id);
  const members = useMembers(project.id, project.actions.includes("members.view"));
  const state = filter.state === "fixed" ? null : filter.state;
  const rules = summary?.rules.filter((one) => !state || one[state] > 0 || one.rule === filter.rule) ?? [];
  return (
    <search className="fd-bar">
      <Seg
        label={t("list.state")}
        value={filter.state}
        onChange={(next) => onChange({ state: next })}
        options={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
      />
      <Select
        size="xs"
        aria-label={t("list.rule")}
        placeholder={t("list.rule")}
        clearable
        data={rules.map((one) => ({
          value: one.rule,
          label: state ? `${words.name(one.rule)} (${one[state]})` : words.name(one.rule),
        }))}
        value={filter.rule || null}
        onChange={(rule) => onChange({ rule: rule ?? "" })}
      />
      <Select
        size="xs"
        aria-label={t("settings.class")}
        placeholder={t("settings.class")}
        clearable
        searchable
        data={[...classes.values()].map((one) => ({ value: String(one.id), label: one.title || one.name }))}
        value={filter.class_id || null}
        onChange={(class_id) => onChange({ class_id: class_id ?? "" })}
      />
      {members.length > 0 && (
        <Select
          size="xs"
          aria-label={t("list.person")}
          placeholder={t("list.person")}
          clearable
          searchable
          data={members.map((one) => ({ value: String(one.id), label: one.name || one.email }))}
          value={filter.person || null}
          onChange={(person) => onChange({ person: person ?? "" })}
        />
      )}
      <span className="sp" />
      <LastRun run={summary?.run ?? null} mayRun={mayRun} />
    </search>
  );
}

function LastRun({ run, mayRun }: { run: Schemas["JobOut"] | null; mayRun: boolean }) {
  const { t } = useTranslation("findings");
  const project = useProject();
  const { ago } = useFormat();
  const start = useRun(project.id);
  if (run && isOpen(run))
    return (
      <span className="row g6 sm t2 fd-run">
        {t("list.running")}
        <ProgressBar value={run.total ? run.done / run.total : null} label={t("list.running")} />
      </span>
    );
  return (
    <>
      {run?.finished_at && <span className="sm t3">{t("list.lastRun", { when: ago(run.finished_at) })}</span>}
      {mayRun && (
        <Button icon="play" busy={start.isPending} onClick={() => start.mutate()}>
          {t("list.run")}
        </Button>
      )}
    </>
  );
}

function Nothing({ filter, ran }: { filter: Filter; ran: boolean }) {
  const { t } = useTranslation("findings");
  const narrowed = filter.rule !== "" || filter.class_id !== "" || filter.person !== "";
  const key = narrowed ? "filtered" : filter.state !== "open" ? filter.state : ran ? "clean" : "notRun";
  return (
    <EmptyState icon={key === "clean" ? "check" : "search"} title={t(`list.nothing.${key}`)}>
      {key === "notRun" && t("list.nothing.notRunDetail")}
    </EmptyState>
  );
}

interface AcceptProps {
  count: number;
  busy: boolean;
  onAccept: (reason: string) => void;
  onClose: () => void;
}

function AcceptDialog({ count, busy, onAccept, onClose }: AcceptProps) {
  const { t } = useTranslation("findings");
  const [reason, setReason] = useState("");
  const ready = reason.trim() !== "" && !busy;
  return (
    <Dialog opened title={t("list.acceptTitle", { count })} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onAccept(reason.trim());
        }}
      >
        <p className="sm t2 row g6">
          <Icon name="info" size="s" />
          {t("list.acceptDetail")}
        </p>
        <Textarea
          label={t("list.reason")}
          data-autofocus
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={busy} disabled={!ready}>
            {t("list.accept")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
