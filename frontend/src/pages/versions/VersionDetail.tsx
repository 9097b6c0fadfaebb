import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { type Column, DataTable, Dialog, Loaded, useFormat } from "@/ui";
import type { Version } from "./index";

type Item = Schemas["VersionItemOut"];

/** What a version holds, and how it differs from another one. */
export function VersionDetail({ version, rows, onClose }: { version: Version; rows: Version[]; onClose: () => void }) {
  const { t } = useTranslation("versions");
  const others = rows.filter((one) => one.id !== version.id && one.state === "frozen");
  const before = others.find((one) => one.number < version.number) ?? others[0];
  const [against, setAgainst] = useState<string | null>(before ? String(before.id) : null);
  const items = useQuery({
    queryKey: ["version", version.id, "items"],
    queryFn: () => api.get<Listed<Item>>(`/versions/${version.id}/items`, { query: { limit: 100 } }),
  });
  return (
    <Dialog opened title={`${t("numbered", { number: version.number })} ${version.name}`} onClose={onClose} width={640}>
      <p className="xs t3">
        {t("digest")} <code>{version.sha256}</code>
      </p>
      {others.length > 0 && (
        <Select
          mt={12}
          label={t("compareWith")}
          value={against}
          allowDeselect={false}
          onChange={setAgainst}
          data={others.map((one) => ({
            value: String(one.id),
            label: `${t("numbered", { number: one.number })} ${one.name}`,
          }))}
        />
      )}
      {against && <Difference version={version} against={against} />}
      <h2 style={{ margin: "16px 0 4px" }}>{t("contents")}</h2>
      <Loaded query={items}>
        {({ results, next }) => (
          <div style={{ maxHeight: 300, overflow: "auto" }}>
            <ItemTable version={version} items={results} />
            {next && <p className="xs t3">{t("firstOnly", { count: results.length })}</p>}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

function ItemTable({ version, items }: { version: Version; items: Item[] }) {
  const { t } = useTranslation("versions");
  const columns: Column<Item>[] = [
    {
      id: "name",
      header: t("itemName"),
      cell: (item) => (
        <Link className="lnk" to={`/projects/${version.project}/data?task=${item.task}`}>
          {item.name}
        </Link>
      ),
    },
    { id: "split", header: t("splits"), cell: (item) => item.split || "–" },
  ];
  return <DataTable label={t("contents")} columns={columns} rows={items} rowKey={(item) => item.ordinal} />;
}

function Difference({ version, against }: { version: Version; against: string }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const diff = useQuery({
    queryKey: ["version", version.id, "diff", against],
    queryFn: () => api.get<Schemas["VersionDiff"]>(`/versions/${version.id}/diff`, { query: { against } }),
  });
  return (
    <Loaded query={diff}>
      {(value) => (
        <p className="sm" style={{ marginTop: 8 }}>
          {t("difference", {
            added: format.number(value.added_count),
            removed: format.number(value.removed_count),
            relabelled: format.number(value.relabelled_count),
            moved: format.number(value.moved_count),
          })}
        </p>
      )}
    </Loaded>
  );
}
