import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { pollWhile, usePages } from "@/api/pages";
import type { Listed } from "@/api/types";
import { type Project, useProject } from "@/app/project";
import {
  Button,
  Chip,
  type Column,
  DataTable,
  Dialog,
  EmptyState,
  LinkButton,
  Loaded,
  LoadMore,
  Page,
  useFormat,
} from "@/ui";
import { FreezeForm } from "./FreezeForm";
import { Moved } from "./Moved";
import { type Version, versionsKey } from "./splits";
import "./versions.css";

const POLL = 1_500; // ms, while one is being frozen

export default function VersionsPage() {
  const { t } = useTranslation("versions");
  const project = useProject();
  const [freezing, setFreezing] = useState(false);
  const navigate = useNavigate();
  const open = (version: Version) => void navigate(`/projects/${project.id}/versions/${version.id}`);
  const { pages: versions, rows } = usePages({
    queryKey: [...versionsKey(project.id), "list"],
    ask: (cursor) => api.get<Listed<Version>>(`/projects/${project.id}/versions`, { query: { cursor } }),
    refetchInterval: pollWhile(({ state }: Version) => state === "freezing", POLL),
  });
  const may = project.actions.includes("datasets.export");
  return (
    <Page
      title={t("title")}
      within={project.name}
      actions={
        may && (
          <Button kind="primary" icon="layers" onClick={() => setFreezing(true)}>
            {t("freeze")}
          </Button>
        )
      }
    >
      <div className="gut">
        <Loaded query={versions}>
          {() =>
            rows.length === 0 ? (
              <EmptyState icon="layers" title={t("empty")}>
                {t("emptyLead")}
              </EmptyState>
            ) : (
              <VersionTable project={project} rows={rows} may={may} onOpen={open} />
            )
          }
        </Loaded>
        <LoadMore pages={versions} />
        <Moved project={project.id} may={may} />
      </div>
      <Dialog opened={freezing} title={t("freezeTitle")} onClose={() => setFreezing(false)} width={600}>
        <FreezeForm project={project} onDone={() => setFreezing(false)} />
      </Dialog>
    </Page>
  );
}

interface VersionTableProps {
  project: Project;
  rows: Version[];
  may: boolean;
  onOpen: (version: Version) => void;
}

function VersionTable({ project, rows, may, onOpen }: VersionTableProps) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const columns: Column<Version>[] = [
    {
      id: "number",
      header: t("version"),
      cell: (version) => (
        <button type="button" className="lnk m" onClick={() => onOpen(version)}>
          {t("numbered", { number: version.number })} {version.name}
        </button>
      ),
    },
    {
      id: "state",
      header: t("state"),
      cell: (version) => (
        <Chip small tone={version.state === "frozen" ? "ok" : "accent"}>
          {t(`states.${version.state}`)}
        </Chip>
      ),
    },
    { id: "items", header: t("items"), align: "right", cell: (version) => format.number(version.item_count) },
    { id: "regions", header: t("regions"), align: "right", cell: (version) => format.number(version.region_count) },
    {
      id: "splits",
      header: t("splits"),
      cell: (version) =>
        Object.entries(version.splits)
          .filter(([name]) => name !== "")
          .map(([name, items]) => `${name} ${format.number(items)}`)
          .join(", ") || "–",
    },
    {
      id: "digest",
      header: t("digest"),
      cell: (version) => <code className="t2">{version.sha256 ? version.sha256.slice(0, 12) : "–"}</code>,
    },
    {
      id: "made",
      header: t("made"),
      cell: (version) => `${version.created_by.name}, ${format.ago(version.created_at)}`,
    },
  ];
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      rows={rows}
      rowKey={(version) => version.id}
      onOpen={onOpen}
      actions={
        may
          ? (version) =>
              version.state === "frozen" && (
                <LinkButton size="s" to={`/projects/${project.id}/exchange?version=${version.id}`}>
                  {t("export")}
                </LinkButton>
              )
          : undefined
      }
    />
  );
}
