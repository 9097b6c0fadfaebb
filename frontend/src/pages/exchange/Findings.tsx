import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { saidNow } from "@/app/i18n";
import { Icon, useFormat } from "@/ui";

type Loss = Schemas["ExportReport"]["losses"][number];
type Problem = Schemas["ImportReport"]["problems"][number];
const EXAMPLES = 5;

/** What a format cannot hold, and apart from that what is only good to know. */
export function Losses({ rows, open }: { rows: Loss[]; open?: boolean }) {
  const { t } = useTranslation("exchange");
  const words = saidNow().loss;
  const listed = rows.map((row) => ({ ...row, text: words[row.code] ?? row.detail }));
  const lost = listed.filter((row) => row.effect !== "noted");
  const notes = listed.filter((row) => row.effect === "noted");
  return (
    <>
      {lost.length === 0 ? (
        <div className="xs ok">{t("noLoss")}</div>
      ) : (
        <Folded title={t("losses", { count: lost.length })} rows={lost} open={open} warn />
      )}
      {notes.length > 0 && <Folded title={t("notes", { count: notes.length })} rows={notes} />}
    </>
  );
}

/** Records of a file that could not be read as they stand; in another language than the server's its words stand below. */
export function Problems({ rows, open }: { rows: Problem[]; open?: boolean }) {
  const { t } = useTranslation("exchange");
  const words = saidNow().record;
  const listed = rows.map((row) => {
    const known = words[row.code];
    return { ...row, text: known ?? row.detail, more: known && row.detail };
  });
  if (rows.length === 0) return <div className="xs ok">{t("noProblems")}</div>;
  return <Folded title={t("problems", { count: rows.length })} rows={listed} open={open} warn />;
}

interface FoldedProps {
  title: string;
  rows: (Pick<Loss, "code" | "count" | "examples"> & { text: string; more?: string })[];
  open?: boolean;
  warn?: boolean;
}

function Folded({ title, rows, open: first = false, warn = false }: FoldedProps) {
  const [open, setOpen] = useState(first);
  const format = useFormat();
  return (
    <>
      <button type="button" className="lnk xs fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        {warn && <Icon name="alert" size="s" className="warn" />}
        {title}
      </button>
      {open && (
        <ul className="report">
          {rows.map((row) => (
            <li key={row.code}>
              <span className="m">{format.number(row.count)} × </span>
              {row.text}
              {row.more && <div className="xs t3">{row.more}</div>}
              {row.examples.length > 0 && (
                <div className="xs t3">
                  {row.examples
                    .slice(0, EXAMPLES)
                    .map((one) => one.item)
                    .join(", ")}
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
