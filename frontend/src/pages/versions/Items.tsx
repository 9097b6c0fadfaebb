import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { Loaded, LoadMore, showToast } from "@/ui";
import { colourOf, type Item, splitNames, type Version, versionsKey } from "./splits";

/** The pictures of a version, split by split; each can be moved for the versions to come. */
export function Items({ version, may }: { version: Version; may: boolean }) {
  const { t } = useTranslation("versions");
  const [split, setSplit] = useState("");
  const names = splitNames(version);
  const { pages: items, rows } = usePages({
    queryKey: ["version", version.id, "items", split],
    ask: (cursor) =>
      api.get<Listed<Item>>(`/versions/${version.id}/items`, {
        query: { limit: 60, cursor, split: split || null },
      }),
  });
  return (
    <section className="col" style={{ gap: 12 }} aria-label={t("contents")}>
      {names.length > 0 && (
        <Select
          style={{ maxWidth: 200 }}
          label={t("splits")}
          value={split}
          allowDeselect={false}
          onChange={(value) => setSplit(value ?? "")}
          data={[{ value: "", label: t("allSplits") }, ...names.map((name) => ({ value: name, label: name }))]}
        />
      )}
      <Loaded query={items}>
        {() => (
          <div className="ve-pictures">
            {rows.map((item) => (
              <Picture key={item.ordinal} version={version} item={item} names={names} may={may} />
            ))}
          </div>
        )}
      </Loaded>
      <LoadMore pages={items} />
    </section>
  );
}

interface PictureProps {
  version: Version;
  item: Pick<Item, "task" | "name" | "thumb" | "split" | "group">;
  names: string[];
  may: boolean;
}

export function Picture({ version, item, names, may }: PictureProps) {
  return (
    <div className="ve-picture">
      <img src={item.thumb} alt="" loading="lazy" crossOrigin="anonymous" draggable={false} />
      <Link className="lnk sm ve-cut" to={`/projects/${version.project}/data?task=${item.task}`} title={item.name}>
        {item.name}
      </Link>
      <div className="row">
        {item.split && (
          <span className="ve-key xs t2">
            <i style={{ background: colourOf(names, item.split) }} />
            {item.split}
          </span>
        )}
        {item.group && (
          <span className="xs t3 ve-cut" title={item.group}>
            {item.group}
          </span>
        )}
        <span className="sp" />
        {may && names.length > 1 && item.split && <MoveTo version={version} item={item} names={names} />}
      </div>
    </div>
  );
}

/** Another split for the item's group, from the next version on. */
function MoveTo({ version, item, names }: Omit<PictureProps, "may">) {
  const { t } = useTranslation("versions");
  const queries = useQueryClient();
  const move = useMutation({
    mutationFn: (split: string) =>
      api.post<Schemas["MovedOut"]>(`/versions/${version.id}/moves`, { task: item.task, split }),
    onSuccess: async (moved) => {
      await queries.invalidateQueries({ queryKey: versionsKey(version.project) });
      showToast({ tone: "ok", title: t("movedNext", { name: moved.group || moved.name, split: moved.split }) });
    },
  });
  return (
    <Select
      size="xs"
      className="ve-move"
      aria-label={t("moveOf", { name: item.name })}
      placeholder={t("move")}
      value={null}
      disabled={move.isPending}
      data={names.filter((name) => name !== item.split)}
      onChange={(split) => split && move.mutate(split)}
    />
  );
}
