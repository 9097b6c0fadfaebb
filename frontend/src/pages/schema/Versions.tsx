import { Drawer } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { schemaKey } from "@/app/schema";
import { Button, Chip, Loaded, showToast, useFormat } from "@/ui";
import { bodyOf, type SchemaBody } from "./draft";
import type { SchemaOut } from "./useDraft";

interface VersionsProps {
  project: number;
  opened: boolean;
  mayEdit: boolean;
  onClose: () => void;
  /** Puts an older version into the draft. */
  onTake: (body: SchemaBody, number: number) => void;
}

/** Every version that was, the bulk changes, and the way back to each. */
export function Versions({ project, opened, mayEdit, onClose, onTake }: VersionsProps) {
  const { t } = useTranslation("schema");
  const format = useFormat();
  const versions = useQuery({
    queryKey: [...schemaKey(project), "versions"],
    queryFn: () =>
      api.get<Listed<Schemas["SchemaVersionRow"]>>(`/projects/${project}/schema/versions`, { query: { limit: 200 } }),
    enabled: opened,
  });
  const take = useMutation({
    mutationFn: (number: number) => api.get<SchemaOut>(`/projects/${project}/schema`, { query: { number } }),
    onSuccess: (version) => onTake(bodyOf(version.body), version.number),
  });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={420}
      title={t("versions.title")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <Loaded query={versions}>
        {({ results }) => (
          <ul>
            {results.map((row) => (
              <li key={row.number} style={{ padding: "8px 0", borderBottom: "1px solid var(--lw-line)" }}>
                <div className="row">
                  <span className="m">{t("versions.number", { number: row.number })}</span>
                  {row.current && (
                    <Chip tone="ok" small>
                      {t("versions.current")}
                    </Chip>
                  )}
                  <span className="t3 sm">{t("versions.classes", { count: row.classes })}</span>
                  <span className="sp" />
                  {mayEdit && !row.current && (
                    <Button size="s" busy={take.isPending} onClick={() => take.mutate(row.number)}>
                      {t("versions.take")}
                    </Button>
                  )}
                </div>
                <div className="sm t2">
                  {row.created_by.name}, {format.dateTime(row.created_at)}
                </div>
                {row.note && <div className="sm">{row.note}</div>}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {mayEdit && opened && <BulkChanges project={project} />}
    </Drawer>
  );
}

function BulkChanges({ project }: { project: number }) {
  const { t } = useTranslation("schema");
  const format = useFormat();
  const queries = useQueryClient();
  const changes = useQuery({
    queryKey: ["project", project, "bulk-changes"],
    queryFn: () => api.get<Listed<Schemas["BulkChangeOut"]>>(`/projects/${project}/bulk-changes`),
    refetchInterval: (query) =>
      query.state.data?.results.some((one) => one.state === "running" || one.state === "undoing") ? 1500 : false,
  });
  const undo = useMutation({
    mutationFn: (id: number) => api.post<Schemas["BulkChangeStarted"]>(`/projects/${project}/bulk-changes/${id}/undo`),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["project", project] });
      showToast({ tone: "ok", title: t("merge.undoing") });
    },
  });
  const rows = changes.data?.results ?? [];
  if (rows.length === 0) return null;
  return (
    <section style={{ marginTop: 20 }}>
      <h2>{t("bulk.title")}</h2>
      {rows.map((row) => (
        <div key={row.id} className="row" style={{ padding: "8px 0", borderBottom: "1px solid var(--lw-line)" }}>
          <div style={{ minWidth: 0 }}>
            <div className="m el" title={row.title}>
              {row.title}
            </div>
            <div className="sm t2">
              {t(`bulk.state.${row.state}`)},{" "}
              {t("regionCount", { count: row.regions, number: format.number(row.regions) })},{" "}
              {format.ago(row.created_at)}
            </div>
          </div>
          <span className="sp" />
          {row.undoable && (
            <Button size="s" busy={undo.isPending} onClick={() => undo.mutate(row.id)}>
              {t("common:undo")}
            </Button>
          )}
        </div>
      ))}
    </section>
  );
}
