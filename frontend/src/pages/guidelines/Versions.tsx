import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, Chip, Loaded, useFormat } from "@/ui";
import { Changes } from "./Changes";
import { guidelineKey } from "./data";

interface VersionsProps {
  project: number;
  opened: boolean;
  onClose: () => void;
  onShow: (row: Schemas["GuidelineVersionRow"]) => void;
}

/** All versions, each with what it changed. */
export function Versions({ project, opened, onClose, onShow }: VersionsProps) {
  const { t } = useTranslation("guidelines");
  const versions = useQuery({
    queryKey: [...guidelineKey(project), "versions"],
    queryFn: () =>
      api.get<Listed<Schemas["GuidelineVersionRow"]>>(`/projects/${project}/guidelines/versions`, {
        query: { limit: 200 },
      }),
    enabled: opened,
  });
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size={440}
      title={t("versions")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <Loaded query={versions}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="sm t2">{t("empty")}</p>
          ) : (
            <ul>
              {results.map((row) => (
                <VersionRow key={row.number} project={project} row={row} onShow={onShow} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Drawer>
  );
}

function VersionRow({
  project,
  row,
  onShow,
}: Pick<VersionsProps, "project" | "onShow"> & { row: Schemas["GuidelineVersionRow"] }) {
  const { t } = useTranslation("guidelines");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const changed = useQuery({
    queryKey: [...guidelineKey(project), "changes-of", row.number],
    queryFn: () =>
      api.get<Schemas["GuidelineChanges"]>(`/projects/${project}/guidelines/changes`, {
        query: { number: row.number },
      }),
    enabled: open,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <li style={{ padding: "8px 0", borderBottom: "1px solid var(--lw-line)" }}>
      <div className="row g6">
        <span className="m">{t("version", { number: row.number })}</span>
        {row.current && (
          <Chip tone="ok" small>
            {t("current")}
          </Chip>
        )}
        {!row.must_read && (
          <Chip tone="line" small>
            {t("quiet")}
          </Chip>
        )}
        <span className="sp" />
        {row.number > 1 && (
          <Button size="s" kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t("changes.show")}
          </Button>
        )}
        <Button size="s" onClick={() => onShow(row)}>
          {t("show")}
        </Button>
      </div>
      <div className="sm t2">
        {row.created_by.name}, {format.dateTime(row.created_at)}
      </div>
      {row.note && <div className="sm">{row.note}</div>}
      {open && (
        <div style={{ marginTop: 8 }}>
          <Loaded query={changed}>{({ changes }) => <Changes changes={changes} />}</Loaded>
        </div>
      )}
    </li>
  );
}
