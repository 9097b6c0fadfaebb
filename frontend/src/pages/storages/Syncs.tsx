import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { saidOf } from "@/api/errors";
import type { Listed, Schemas } from "@/api/types";
import { Loaded, useFormat } from "@/ui";
import { COUNTS, type Source } from "./sources";

type Sync = Schemas["SyncOut"];
const SHOWN = 20;

/** The last looks at a source, newest first. */
export function Syncs({ source }: { source: Source }) {
  const format = useFormat();
  const { t } = useTranslation("storages");
  const query = useQuery({
    queryKey: ["project", source.project, "sources", source.id, "syncs", source.job?.state],
    queryFn: () => api.get<Listed<Sync>>(`/sources/${source.id}/syncs`, { query: { limit: SHOWN } }),
  });
  return (
    <Loaded query={query}>
      {({ results }) => (
        <ol className="st-syncs">
          {results.map((sync) => (
            <li key={sync.id}>
              <span className="sm t2">
                {format.dateTime(sync.started_at)} · {t(`looked.${sync.job.state}`)}
              </span>
              {sync.job.error && <p className="sm bad">{saidOf(sync.job.error)}</p>}
              <Told sync={sync} />
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

/** What a look found, with the files it names folded away. */
export function Told({ sync }: { sync: Sync }) {
  const { t } = useTranslation("storages");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const counts = COUNTS.filter((name) => (sync.counts[name] ?? 0) > 0).map((name) =>
    t(`count.${name}`, { count: sync.counts[name] ?? 0, shown: format.number(sync.counts[name] ?? 0) }),
  );
  return (
    <div className="sm">
      {counts.length > 0 && <span>{counts.join(", ")}</span>}
      {sync.problems.length > 0 && (
        <>
          {" "}
          <button type="button" className="lnk xs" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t("named", { count: sync.problems.length })}
          </button>
          {open && (
            <ul className="st-named">
              {sync.problems.map((one) => (
                <li key={one.name + one.code} className="xs">
                  <code>{one.name}</code> <span className="t2">{one.detail}</span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}
