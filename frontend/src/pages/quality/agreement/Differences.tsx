import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Schemas } from "@/api/types";
import { Button, Chip, CsvLink, EmptyState, ErrorState, LoadMore, SkeletonRows, useFormat } from "@/ui";
import type { Agreement } from ".";
import { RegionCrop } from "./RegionCrop";
import { type Filters, tableUrl, useShown } from "./useShown";

type Difference = Schemas["DifferenceOut"];

/** The regions behind a figure. */
export function DifferenceList({ projectId, agreement }: { projectId: number; agreement: Agreement | null }) {
  const { t } = useTranslation("quality");
  const { filters, show, close } = useShown();
  const asked = new URLSearchParams(filters as Record<string, string>).toString();
  const { pages: found, rows } = usePages({
    queryKey: ["project", projectId, "agreement", "differences", asked],
    ask: (cursor) =>
      api.get<Schemas["DifferencePage"]>(
        `/projects/${projectId}/quality/agreement/differences?${asked}${cursor ? `&cursor=${cursor}` : ""}`,
      ),
  });
  return (
    <div className="quality">
      <div className="hd">
        <Button kind="quiet" size="s" icon="chevron-left" onClick={close}>
          {t("differences.back")}
        </Button>
        <h2>{t("differences.title")}</h2>
        <Chips filters={filters} agreement={agreement} onChange={show} />
        <span className="sp" />
        <CsvLink
          of={tableUrl(projectId, "differences", filters)}
          name={t("differences.title")}
          label={t("csvOf", { table: t("differences.title") })}
        />
      </div>
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <SkeletonRows rows={6} height={150} />}
      {found.isSuccess && rows.length === 0 && !found.hasNextPage && (
        <EmptyState icon="check" title={t("differences.none")}>
          {t("differences.noneLead")}
        </EmptyState>
      )}
      <div className="lw-differences">
        {rows.map((row, index) => (
          <Card key={`${row.task.id}:${index}`} row={row} agreement={agreement} />
        ))}
      </div>
      <LoadMore pages={found} style={{ marginTop: 14 }} />
    </div>
  );
}

function useNames(agreement: Agreement | null) {
  const { t } = useTranslation("quality");
  const classes = new Map(agreement?.classes.map((one) => [String(one.class_id), one.name]) ?? []);
  const people = new Map(agreement?.people.map(({ person }) => [String(person.id), person.name]) ?? []);
  return {
    person: (id: string) => people.get(id) ?? id,
    said: (question: string | undefined, value: string) =>
      value === "" ? t("confusion.nothing") : question === "class" ? (classes.get(value) ?? value) : value,
    question: (question: string) =>
      question === "class" || question === "outcome" ? t(`question.${question}`) : question.replace(/^\w+:/, ""),
  };
}

/** What narrows the list; each can be taken away. */
function Chips({
  filters,
  agreement,
  onChange,
}: {
  filters: Filters;
  agreement: Agreement | null;
  onChange: (filters: Filters) => void;
}) {
  const { t } = useTranslation("quality");
  const names = useNames(agreement);
  const without = (...keys: (keyof Filters)[]) => {
    const rest = { ...filters };
    for (const key of keys) delete rest[key];
    onChange(rest);
  };
  const shown: { text: string; keys: (keyof Filters)[] }[] = [];
  if (filters.subject)
    shown.push({ text: names.said("class", filters.subject.replace(/^class:/, "")), keys: ["subject"] });
  if (filters.left !== undefined || filters.right !== undefined) {
    const [a, b] = [filters.left ?? "", filters.right ?? ""].map((value) => names.said(filters.question, value));
    shown.push({ text: t("differences.against", { a, b }), keys: ["left", "right", "question"] });
  } else if (filters.question) shown.push({ text: names.question(filters.question), keys: ["question"] });
  if (filters.kind) shown.push({ text: t(`kind.${filters.kind}`), keys: ["kind"] });
  if (filters.people) shown.push({ text: filters.people.split(",").map(names.person).join(", "), keys: ["people"] });
  if (filters.batch) {
    const batch = agreement?.batches.find((one) => String(one.batch ?? 0) === filters.batch);
    shown.push({ text: batch?.name || t("batches.none"), keys: ["batch"] });
  }
  return shown.map(({ text, keys }) => (
    <Chip key={text} onRemove={() => without(...keys)} removeLabel={t("differences.without", { name: text })}>
      {text}
    </Chip>
  ));
}

function Card({ row, agreement }: { row: Difference; agreement: Agreement | null }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const names = useNames(agreement);
  const sides = [row.a, row.b] as const;
  return (
    <Link className="lw-difference" to={row.web_url}>
      <RegionCrop row={row} />
      <span className="tx">
        <span className="row g6">
          <span className="m">{t(`kind.${row.kind}`)}</span>
          {row.likeness !== null && (
            <span className="t3">{t("overlap", { value: format.number(row.likeness, 2) })}</span>
          )}
          <span className="sp" />
          <span className="t3">{t("taskNumber", { number: format.number(row.task.number) })}</span>
        </span>
        {sides.map((side, index) => (
          <span className="row g6" key={side.revision}>
            <i className="dot" style={{ background: index === 0 ? "#4fb3ff" : "#ffb52e" }} />
            <span className="t2 el">{side.person?.name ?? t("somebody")}</span>
            <span className="sp" />
            <span className="el">{names.said(row.question, side.said)}</span>
          </span>
        ))}
      </span>
    </Link>
  );
}
