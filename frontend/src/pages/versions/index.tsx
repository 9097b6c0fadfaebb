import { Checkbox, NumberInput, TextInput } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { type Project, useProject } from "@/app/project";
import {
  Button,
  Chip,
  type Column,
  DataTable,
  Dialog,
  DialogButtons,
  EmptyState,
  ErrorState,
  LinkButton,
  Loaded,
  Page,
  useFormat,
} from "@/ui";
import { VersionDetail } from "./VersionDetail";

export type Version = Schemas["VersionOut"];
const POLL = 1_500; // ms, while one is being frozen

export default function VersionsPage() {
  const { t } = useTranslation("versions");
  const project = useProject();
  const [freezing, setFreezing] = useState(false);
  const [opened, setOpened] = useState<Version | null>(null);
  const versions = useInfiniteQuery({
    queryKey: ["project", project.id, "versions", "list"],
    queryFn: ({ pageParam }) =>
      api.get<Listed<Version>>(`/projects/${project.id}/versions`, { query: { cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.results.some((one) => one.state === "freezing")) ? POLL : false,
  });
  const may = project.actions.includes("datasets.export");
  const rows = versions.data?.pages.flatMap((page) => page.results) ?? [];
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
              <VersionTable project={project} rows={rows} may={may} onOpen={setOpened} />
            )
          }
        </Loaded>
        {versions.hasNextPage && (
          <Button busy={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
            {t("common:loadMore")}
          </Button>
        )}
      </div>
      <Dialog opened={freezing} title={t("freezeTitle")} onClose={() => setFreezing(false)}>
        <FreezeForm project={project} onDone={() => setFreezing(false)} />
      </Dialog>
      {opened && <VersionDetail version={opened} rows={rows} onClose={() => setOpened(null)} />}
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

function FreezeForm({ project, onDone }: { project: Project; onDone: () => void }) {
  const { t } = useTranslation("versions");
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [split, setSplit] = useState(false);
  const [val, setVal] = useState(20);
  const freeze = useMutation({
    meta: { ownError: true },
    mutationFn: () =>
      api.post(`/projects/${project.id}/versions`, {
        name,
        splits: split ? { shares: { train: (100 - val) / 100, val: val / 100 }, seed: 0 } : null,
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["project", project.id, "versions"] });
      onDone();
    },
  });
  return (
    <form
      className="col"
      style={{ gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        freeze.mutate();
      }}
    >
      <p className="sm t2">{t("freezeLead")}</p>
      <TextInput
        label={t("name")}
        value={name}
        maxLength={200}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Checkbox label={t("split")} checked={split} onChange={(event) => setSplit(event.currentTarget.checked)} />
      {split && (
        <NumberInput
          label={t("valShare")}
          value={val}
          min={1}
          max={99}
          allowDecimal={false}
          clampBehavior="strict"
          onChange={(value) => setVal(Number(value) || 20)}
        />
      )}
      {freeze.isError && <ErrorState inline error={freeze.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={onDone}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={freeze.isPending}>
          {t("freeze")}
        </Button>
      </DialogButtons>
    </form>
  );
}
