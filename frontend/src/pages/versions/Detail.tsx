import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { api } from "@/api/client";
import { useProject } from "@/app/project";
import { Button, Chip, Dialog, EmptyState, LinkButton, Loaded, Page, Seg, useFormat } from "@/ui";
import { Balance, Card } from "./Card";
import { Certificates } from "./Certificates";
import { Changes } from "./Changes";
import { DescribeForm } from "./DescribeForm";
import { Items } from "./Items";
import { Leaks } from "./Leaks";
import { Shares } from "./Plan";
import { Restore } from "./Restore";
import { colourOf, splitNames, type Version, versionsKey } from "./splits";
import { Trainings } from "./Trainings";
import "./versions.css";

const POLL = 1_500; // ms, while it is being frozen
const TABS = ["items", "balance", "changes", "leaks", "card", "trainings"] as const;
type Tab = (typeof TABS)[number];

/** One version: what it holds, split by split, and how it differs from another. */
export default function VersionPage() {
  const { t } = useTranslation("versions");
  const project = useProject();
  const { version: id } = useParams();
  const version = useQuery({
    queryKey: [...versionsKey(project.id), Number(id)],
    queryFn: () => api.get<Version>(`/versions/${id}`),
    refetchInterval: (query) => (query.state.data?.state === "freezing" ? POLL : false),
  });
  const may = project.actions.includes("datasets.export");
  const frozen = version.data?.state === "frozen" && version.data.project === project.id;
  return (
    <Page
      title={
        version.data ? `${t("numbered", { number: version.data.number })} ${version.data.name}`.trim() : t("title")
      }
      within={project.name}
      beside={version.data?.state === "freezing" && <Chip tone="accent">{t("states.freezing")}</Chip>}
      actions={
        <>
          <LinkButton to={`/projects/${project.id}/versions`}>{t("all")}</LinkButton>
          {version.data && frozen && project.actions.includes("tasks.manage") && <Restore version={version.data} />}
          {may && frozen && (
            <LinkButton kind="primary" icon="upload" to={`/projects/${project.id}/exchange?version=${id}`}>
              {t("export")}
            </LinkButton>
          )}
        </>
      }
    >
      <div className="gut">
        <Loaded query={version}>
          {(value) =>
            value.project === project.id ? (
              <Shown version={value} may={may} />
            ) : (
              <EmptyState
                icon="search"
                title={t("elsewhere")}
                action={<LinkButton to={`/projects/${project.id}/versions`}>{t("all")}</LinkButton>}
              />
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}

function Shown({ version, may }: { version: Version; may: boolean }) {
  const { t } = useTranslation("versions");
  const [params, setParams] = useSearchParams();
  const tab = TABS.find((one) => one === params.get("tab")) ?? "items";
  return (
    <div className="ve-page">
      <About version={version} may={may} />
      <Figures version={version} />
      {version.state === "frozen" && (
        <>
          <Certificates version={version} />
          <div className="row">
            <Seg<Tab>
              label={t("show")}
              value={tab}
              onChange={(value) => setParams({ tab: value }, { replace: true })}
              options={TABS.map((value) => ({ value, label: t(`tabs.${value}`) }))}
            />
          </div>
          {tab === "items" && <Items version={version} may={may} />}
          {tab === "balance" && <Balance version={version} />}
          {tab === "changes" && <Changes version={version} />}
          {tab === "leaks" && <Leaks version={version} may={may} />}
          {tab === "card" && <Card version={version} may={may} />}
          {tab === "trainings" && <Trainings version={version} may={may} />}
        </>
      )}
    </div>
  );
}

function About({ version, may }: { version: Version; may: boolean }) {
  const { t } = useTranslation("versions");
  const [editing, setEditing] = useState(false);
  return (
    <div className="col" style={{ gap: 6 }}>
      <div className="row" style={{ gap: 6, flexWrap: "wrap" }}>
        {version.tags.map((tag) => (
          <Chip key={tag} small>
            {tag}
          </Chip>
        ))}
        <span className="xs t3 ve-cut">
          {t("digest")} <code>{version.sha256 || "–"}</code>
        </span>
        <span className="sp" />
        {may && (
          <Button size="s" onClick={() => setEditing(true)}>
            {t("describe")}
          </Button>
        )}
      </div>
      {version.notes && <p style={{ margin: 0, whiteSpace: "pre-wrap", maxWidth: 720 }}>{version.notes}</p>}
      <Dialog opened={editing} title={t("describe")} onClose={() => setEditing(false)}>
        <DescribeForm version={version} onDone={() => setEditing(false)} />
      </Dialog>
    </div>
  );
}

function Figures({ version }: { version: Version }) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const names = splitNames(version);
  return (
    <>
      <dl className="ve-figures">
        <Figure name={t("items")} value={format.number(version.item_count)} />
        <Figure name={t("regions")} value={format.number(version.region_count)} />
        <Figure
          name={t("frozen")}
          value={format.date(version.created_at)}
          more={t("by", { name: version.created_by.name })}
        />
        <Figure
          name={t("madeWith")}
          value={t("schemaNumber", { number: version.schema_version })}
          more={
            version.guideline_version ? t("guidelineNumber", { number: version.guideline_version }) : t("noGuideline")
          }
        />
      </dl>
      {names.length > 0 && version.state === "frozen" && (
        <section aria-label={t("splits")}>
          <Shares parts={names.map((name) => ({ name, items: version.splits[name] ?? 0 }))} names={names} />
          <div className="row" style={{ gap: 16, flexWrap: "wrap", marginTop: 8 }}>
            {names.map((name) => (
              <span key={name} className="ve-key sm">
                <i style={{ background: colourOf(names, name) }} />
                {name} <b>{format.number(version.splits[name] ?? 0)}</b>
                <span className="t3">
                  {format.percent(version.item_count ? (version.splits[name] ?? 0) / version.item_count : 0)}
                </span>
              </span>
            ))}
            {version.held_back > 0 && <span className="sm warn">{t("heldBack", { count: version.held_back })}</span>}
          </div>
        </section>
      )}
    </>
  );
}

function Figure({ name, value, more }: { name: string; value: string; more?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {more && <small>{more}</small>}
      </dd>
    </div>
  );
}
