import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { saveJson } from "@/app/saveJson";
import { Button, Chip, useFormat } from "@/ui";
import { type Version, versionsKey } from "./splits";

type Certificate = Schemas["VersionCertificateOut"];

/** What audits say of the very revisions that the version holds; nothing where none was audited. */
export function Certificates({ version }: { version: Version }) {
  const { t } = useTranslation("versions");
  const project = useProject();
  const list = useQuery({
    queryKey: [...versionsKey(project.id), version.id, "certificates"],
    queryFn: () => api.get<Schemas["VersionCertificates"]>(`/versions/${version.id}/certificates`),
  });
  const rows = list.data?.results ?? [];
  if (rows.length === 0) return null;
  return (
    <section aria-label={t("certificates.title")}>
      <h2>{t("certificates.title")}</h2>
      {rows.map((row) => (
        <One key={row.audit} row={row} version={version} />
      ))}
    </section>
  );
}

function One({ row, version }: { row: Certificate; version: Version }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const percent = (share: number | null) => (share === null ? "–" : format.percent(share));
  return (
    <div className="row g6" style={{ padding: "4px 0", flexWrap: "wrap" }}>
      <Chip small tone={row.accepted ? "ok" : "bad"}>
        {t(row.accepted ? "certificates.passed" : "certificates.failed")}
      </Chip>
      <span className="m">{row.name || t("certificates.audit", { number: row.number })}</span>
      <span className="t2 sm">
        {t("certificates.says", {
          wrong: percent(row.rate),
          low: percent(row.low),
          high: percent(row.high),
          limit: percent(row.limit),
        })}
      </span>
      <span className="t3 sm">{t("certificates.here", { here: row.here, count: row.judged })}</span>
      <Button size="s" icon="download" onClick={() => save(row, version)}>
        {t("certificates.save")}
      </Button>
    </div>
  );
}

function save(row: Certificate, version: Version) {
  const { sha256, certificate } = row;
  saveJson(`version-${version.number}-audit-${row.number}.json`, { sha256, certificate });
}
