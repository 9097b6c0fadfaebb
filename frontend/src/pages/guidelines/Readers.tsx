import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Avatar, Button, Chip, type Column, DataTable, Dialog, DialogButtons, ProgressBar, useFormat } from "@/ui";
import { guidelineKey } from "./data";

type Reader = Schemas["GuidelineReader"];

/** How many have read the change, and who has not. */
export function Readers({ project }: { project: number }) {
  const { t } = useTranslation("guidelines");
  const [opened, setOpened] = useState(false);
  const readers = useQuery({
    queryKey: [...guidelineKey(project), "readers"],
    queryFn: () => api.get<Schemas["GuidelineReaders"]>(`/projects/${project}/guidelines/readers`),
  });
  const { data } = readers;
  if (!data || data.number === null) return null;
  return (
    <section style={{ marginBottom: 16 }}>
      <h2 style={{ marginBottom: 4 }}>{t("readers.title", { number: data.number })}</h2>
      <p className="sm t2" style={{ marginBottom: 6 }}>
        {t(data.total === 0 ? "readers.nobody" : data.read === data.total ? "readers.all" : "readers.some", {
          read: data.read,
          count: data.total,
        })}
      </p>
      <ProgressBar value={data.read / Math.max(1, data.total)} label={t("readers.title", { number: data.number })} />
      <div style={{ marginTop: 8 }}>
        <Button size="s" icon="people" onClick={() => setOpened(true)}>
          {t("readers.who")}
        </Button>
      </div>
      <Dialog
        opened={opened}
        width={620}
        title={t("readers.title", { number: data.number })}
        onClose={() => setOpened(false)}
      >
        <div className="guide-scroll">
          <ReaderTable rows={data.results} label={t("readers.who")} />
        </div>
        <DialogButtons>
          <Button keys="Esc" onClick={() => setOpened(false)}>
            {t("common:close")}
          </Button>
        </DialogButtons>
      </Dialog>
    </section>
  );
}

function ReaderTable({ rows, label }: { rows: Reader[]; label: string }) {
  const { t } = useTranslation("guidelines");
  const format = useFormat();
  const columns: Column<Reader>[] = [
    {
      id: "person",
      header: t("readers.person"),
      cell: ({ person }) => (
        <span className="row g6">
          <Avatar name={person.name} />
          <span className="el">{person.name}</span>
        </span>
      ),
    },
    { id: "role", header: t("readers.role"), cell: (row) => t(`common:role.${row.role}`) },
    {
      id: "read",
      header: t("readers.read"),
      cell: (row) =>
        row.read_at !== null ? (
          <Chip tone="ok" small>
            {t("readers.readAt", { at: format.dateTime(row.read_at) })}
          </Chip>
        ) : (
          <Chip tone={row.has_worked ? "warn" : "neutral"} small>
            {t(row.has_worked ? "readers.unread" : "readers.newcomer")}
          </Chip>
        ),
    },
  ];
  return <DataTable label={label} columns={columns} rows={rows} rowKey={(row) => row.person.id ?? row.person.name} />;
}
