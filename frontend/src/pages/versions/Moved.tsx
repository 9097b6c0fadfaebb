import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, type Column, DataTable, useFormat } from "@/ui";
import { versionsKey } from "./splits";

type Row = Schemas["MovedOut"];

/** Groups that people put into another split: they count from the next version on, and can be taken back. */
export function Moved({ project, may }: { project: number; may: boolean }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const queries = useQueryClient();
  const moved = useQuery({
    queryKey: [...versionsKey(project), "moved"],
    queryFn: () => api.get<Listed<Row>>(`/projects/${project}/moved-groups`, { query: { limit: 200 } }),
  });
  const back = useMutation({
    mutationFn: (id: number) => api.delete(`/moved-groups/${id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: versionsKey(project) }),
  });
  if (!moved.data?.results.length) return null;
  const columns: Column<Row>[] = [
    { id: "name", header: t("group"), cell: (row) => row.group || row.name },
    { id: "split", header: t("splits"), cell: (row) => row.split },
    { id: "by", header: t("made"), cell: (row) => `${row.moved_by.name}, ${format.ago(row.created_at)}` },
  ];
  return (
    <section style={{ marginTop: 28 }}>
      <h2>{t("movedTitle")}</h2>
      <p className="sm t2">{t("movedLead")}</p>
      <DataTable
        label={t("movedTitle")}
        columns={columns}
        rows={moved.data.results}
        rowKey={(row) => row.id}
        actions={
          may
            ? (row) => (
                <Button size="s" disabled={back.isPending} onClick={() => back.mutate(row.id)}>
                  {t("takeBack")}
                </Button>
              )
            : undefined
        }
      />
    </section>
  );
}
