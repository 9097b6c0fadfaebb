import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Loaded, Swatch, useFormat } from "@/ui";
import type { Agreement } from ".";
import { useFigure } from "./Figure";
import { Heat, type HeatHead } from "./Heat";
import { Head } from "./Lists";
import { useShown } from "./useShown";

const MOST_VALUES = 24; // rows; of more, those that are mixed up most

/** What was said against what, for the class of regions or one attribute. */
export function Confusion({ agreement, projectId }: { agreement: Agreement; projectId: number }) {
  const { t } = useTranslation("quality");
  const [question, setQuestion] = useState("class");
  const found = useQuery({
    queryKey: ["project", projectId, "agreement", "confusion", question],
    queryFn: () =>
      api.get<Schemas["ConfusionOut"]>(`/projects/${projectId}/quality/agreement/confusion`, { query: { question } }),
    placeholderData: (before) => before,
  });
  return (
    <section>
      <Head title={t("confusion.title")} table="confusion">
        {agreement.questions.length > 0 && (
          <select
            className="inp s"
            aria-label={t("confusion.of")}
            value={question}
            onChange={(event) => setQuestion(event.target.value)}
          >
            <option value="class">{t("confusion.class")}</option>
            {agreement.questions.map((one) => (
              <option key={one.question} value={one.question}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Head>
      <Loaded query={found}>{(confusion) => <Table confusion={confusion} />}</Loaded>
    </section>
  );
}

/** The values that are mixed up most, in their declared order. */
function shownValues(confusion: Schemas["ConfusionOut"]): Schemas["ConfusionValue"][] {
  const used = new Map<string, number>();
  for (const { left, right, times } of confusion.cells)
    for (const side of new Set([left, right]))
      used.set(side, (used.get(side) ?? 0) + (left === right ? 0.001 : 1) * times);
  const kept = [...used].toSorted((a, b) => b[1] - a[1]).slice(0, MOST_VALUES);
  const names = new Set(kept.map(([value]) => value));
  return confusion.values.filter(({ value }) => names.has(value));
}

function Table({ confusion }: { confusion: Schemas["ConfusionOut"] }) {
  const { t } = useTranslation("quality");
  const { show } = useShown();
  const format = useFormat();
  const told = useFigure();
  const values = shownValues(confusion);
  const nothing = t("confusion.nothing");
  const heads: HeatHead[] = values.map(({ value, name, color }) => ({
    key: value,
    name: value === "" ? nothing : name,
    face: (
      <span className="row g6">
        {color && <Swatch color={color} />}
        <span className="el">{value === "" ? nothing : name}</span>
      </span>
    ),
  }));
  const cells = new Map(confusion.cells.map((cell) => [`${cell.left}\n${cell.right}`, cell.times]));
  const timesOf = (a: string, b: string) => cells.get(`${a}\n${b}`) ?? (a === b ? undefined : cells.get(`${b}\n${a}`));
  const rowTotal = (row: string) => heads.reduce((sum, head) => sum + (timesOf(row, head.key) ?? 0), 0);
  if (values.length === 0) return <p className="sm t2">{t("confusion.none")}</p>;
  return (
    <>
      <Heat
        label={t("confusion.title")}
        corner=""
        heads={heads}
        cell={(row, column) => {
          const times = timesOf(row.key, column.key);
          if (!times) return null;
          const same = row.key === column.key;
          return {
            text: format.number(times),
            label: t(same ? "confusion.same" : "confusion.cell", {
              a: row.name,
              b: column.name,
              times: format.number(times),
              count: times,
            }),
            strength: times / Math.max(1, rowTotal(row.key)),
            tone: same ? "good" : "bad",
            onOpen: same ? undefined : () => show({ question: confusion.question, left: row.key, right: column.key }),
          };
        }}
      />
      <p className="xs t3">
        {confusion.beyond_chance.value === null
          ? t("alpha.none", { why: told.why(confusion.beyond_chance) })
          : t("alpha.value", { value: told.value(confusion.beyond_chance) })}
      </p>
    </>
  );
}
