import { Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { BarCell, Button, ErrorState, Loaded, showToast, useFormat } from "@/ui";
import { Shares } from "./Plan";
import { splitNames, type Version } from "./splits";

type Datasheet = Schemas["DatasheetOut"];
const README = "README.md";
const SAID = ["purpose", "collection", "limits", "maintenance"] as const;

interface Counted {
  classes: {
    id: number;
    name: string;
    title: string;
    regions: number;
    items: number;
    splits: Record<string, number>;
  }[];
  origins: Record<string, number>;
  licences: Record<string, number>;
  labelled: { sources: Record<string, number>; reviewed: number };
  metadata: Record<string, { distinct: number; values: Record<string, number> }>;
  gaps: string[];
}

function useDatasheet(version: Version) {
  return useQuery({
    queryKey: ["version", version.id, "datasheet"],
    queryFn: () => api.get<Datasheet>(`/versions/${version.id}/datasheet`),
  });
}

/** How the classes, sources and metadata values of a version are shared out. */
export function Balance({ version }: { version: Version }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const names = splitNames(version);
  return (
    <Loaded query={useDatasheet(version)}>
      {(sheet) => {
        const counted = sheet.sheet as unknown as Counted;
        const most = Math.max(1, ...counted.classes.map((one) => one.regions));
        return (
          <div className="ve-columns">
            <section>
              <h2>{t("classes")}</h2>
              {counted.classes.map((one) => (
                <div className="ve-class sm" key={one.id}>
                  <span className="ve-cut" title={one.title || one.name}>
                    {one.title || one.name}
                  </span>
                  <span style={{ width: `${Math.max(1, (one.regions / most) * 100)}%` }}>
                    {names.length > 0 && one.regions > 0 ? (
                      <Shares parts={names.map((name) => ({ name, items: one.splits[name] ?? 0 }))} names={names} />
                    ) : (
                      <BarCell value={one.regions} most={one.regions} />
                    )}
                  </span>
                  <span>{format.number(one.regions)}</span>
                </div>
              ))}
            </section>
            <div className="col" style={{ gap: 24 }}>
              <Bars title={t("sources")} counts={counted.labelled.sources} known />
              <Bars title={t("origins")} counts={counted.origins} known />
              <Bars title={t("licences")} counts={counted.licences} />
            </div>
            {Object.keys(counted.metadata).length > 0 && (
              <div className="col" style={{ gap: 24 }}>
                {Object.entries(counted.metadata).map(([key, found]) => (
                  <Bars key={key} title={key} counts={found.values} more={found.distinct} />
                ))}
              </div>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

interface BarsProps {
  title: string;
  counts: Record<string, number>;
  more?: number;
  /** The names are ours, not somebody's metadata: some of them have words. */
  known?: boolean;
}

function Bars({ title, counts, more, known }: BarsProps) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const hidden = (more ?? rows.length) - rows.length;
  if (!rows.length) return null;
  return (
    <section>
      <h2>{title}</h2>
      {rows.map(([name, count]) => (
        <div className="ve-class sm" key={name}>
          <span className="ve-cut" title={name}>
            {known && name ? t(`said.${name}`, { defaultValue: name }) : name || t("notGiven")}
          </span>
          <BarCell value={count} most={most} />
          <span>{format.number(count)}</span>
        </div>
      ))}
      {hidden > 0 && <p className="xs t3">{t("moreValues", { count: hidden })}</p>}
    </section>
  );
}

/** The datasheet: what people say is written here, the rest was counted when the version was frozen. */
export function Card({ version, may }: { version: Version; may: boolean }) {
  return (
    <Loaded query={useDatasheet(version)}>{(sheet) => <Sheet version={version} sheet={sheet} may={may} />}</Loaded>
  );
}

function Sheet({ version, sheet, may }: { version: Version; sheet: Datasheet; may: boolean }) {
  const { t } = useTranslation("versions");
  const queries = useQueryClient();
  const [said, setSaid] = useState<Record<string, string>>(sheet.said);
  const keep = useMutation({
    meta: { ownError: true },
    mutationFn: () =>
      api.patch<Datasheet>(
        `/versions/${version.id}/datasheet`,
        Object.fromEntries(SAID.map((name) => [name, said[name] ?? ""])),
      ),
    onSuccess: (next) => {
      queries.setQueryData(["version", version.id, "datasheet"], next);
      showToast({ tone: "ok", title: t("cardKept") });
    },
  });
  const changed = SAID.some((name) => (said[name] ?? "") !== (sheet.said[name] ?? ""));
  return (
    <div className="ve-columns">
      <form
        className="col"
        style={{ gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          keep.mutate();
        }}
      >
        <p className="sm t2" style={{ margin: 0 }}>
          {t("cardLead")}
        </p>
        {SAID.map((name) => (
          <Textarea
            key={name}
            label={t(`card.${name}`)}
            value={said[name] ?? ""}
            readOnly={!may}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={10_000}
            onChange={(event) => setSaid({ ...said, [name]: event.currentTarget.value })}
          />
        ))}
        {keep.isError && <ErrorState inline error={keep.error} />}
        {may && (
          <div>
            <Button kind="primary" type="submit" busy={keep.isPending} disabled={!changed}>
              {t("keepSaid")}
            </Button>
          </div>
        )}
      </form>
      <section aria-label={README}>
        <h2>{README}</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard */}
        <pre className="ve-readme" tabIndex={0}>
          {sheet.readme}
        </pre>
      </section>
    </div>
  );
}
