import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { useProject } from "@/app/project";
import { saveJson } from "@/app/saveJson";
import { classTitle, useClasses } from "@/app/schema";
import { Button, Chip, ConfirmDialog, IntervalDot, Loaded, LoadMore, showToast, useFormat } from "@/ui";
import { AUDIT_TONES, type Audit } from "./Content";
import { auditsKey } from "./key";

interface Rate {
  wrong: number;
  rate: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

interface Certificate {
  result: Rate & { judged: number; accepted: boolean };
  defects: Record<string, Record<string, number>>;
  strata: Record<string, Rate>;
  classes: Record<string, Rate>;
  batches: Record<string, Rate>;
  automatic?: { model: string };
}

/** One audit: how far it is, what it found, its certificate, and asking for failed work again. */
export function AuditDetail({ id, may }: { id: number; may: boolean }) {
  const { t } = useTranslation("audits");
  const project = useProject();
  const audit = useQuery({
    queryKey: [...auditsKey(project.id), id],
    queryFn: () => api.get<Audit>(`/audits/${id}`),
  });
  return (
    <section className="au-card" aria-label={t("detail")}>
      <Loaded query={audit}>{(value) => <Shown audit={value} may={may} />}</Loaded>
    </section>
  );
}

function Shown({ audit, may }: { audit: Audit; may: boolean }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const project = useProject();
  const certificate = audit.certificate as Certificate | null;
  const act = useAct(audit);
  return (
    <>
      <div className="row g6" style={{ flexWrap: "wrap" }}>
        <h2 style={{ margin: 0 }}>
          {t("numbered", { number: audit.number })} {audit.name}
        </h2>
        <Chip tone={AUDIT_TONES[audit.state]}>{t(`states.${audit.state}`)}</Chip>
        <span className="t3 sm">{audit.open_to ? t("openTo", { name: audit.open_to.name }) : t("blind")}</span>
        <span className="sp" />
        {may && audit.state === "open" && (
          <>
            <Button onClick={() => act.mutate("close")} disabled={audit.judged === 0 || act.isPending}>
              {t("closeNow")}
            </Button>
            <Button kind="quiet" onClick={() => act.mutate("cancel")} disabled={act.isPending}>
              {t("cancel")}
            </Button>
          </>
        )}
        {certificate && (
          <Button icon="download" onClick={() => saveCertificate(audit, project.name)}>
            {t("certificate")}
          </Button>
        )}
      </div>
      <p className="sm t2">
        {t("question", {
          lot: format.number(audit.lot),
          sample: format.number(audit.sample),
          share: format.percent(audit.share, 1),
          confidence: format.percent(audit.confidence, 1),
          allowed: audit.allowed,
        })}
      </p>
      {certificate?.automatic && <p className="sm t2">{t("byModel", { model: certificate.automatic.model })}</p>}
      {certificate && <Result audit={audit} certificate={certificate} may={may && !certificate.automatic} />}
      {audit.reopened.map((one) => (
        <Reopening key={one.at} audit={audit} one={one} may={may} />
      ))}
      {audit.state !== "open" && <Found audit={audit} />}
    </>
  );
}

function useAct(audit: Audit) {
  const project = useProject();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (verb: "close" | "cancel" | "reopen/undo") => api.post(`/audits/${audit.id}/${verb}`),
    onSettled: () => queries.invalidateQueries({ queryKey: auditsKey(project.id) }),
  });
}

function Result({ audit, certificate, may }: { audit: Audit; certificate: Certificate; may: boolean }) {
  const { t } = useTranslation(["audits", "label"]);
  const format = useFormat();
  const project = useProject();
  const classes = useClasses(project.id);
  const [again, setAgain] = useState<string | null | undefined>(undefined);
  const { result } = certificate;
  const kinds = Object.entries(certificate.defects).map(([kind, by]) => {
    const parts = Object.entries(by).map(([severity, count]) => `${count} ${t(`severity.${severity}`)}`);
    return `${t(`label:mark.${kind}`)} (${parts.join(", ")})`;
  });
  const named = (key: string) => {
    const known = classes.get(Number(key));
    if (audit.by === "class" && known) return known.title || known.name;
    return key === "all" || key === "none" ? t(`stratum.${key}`) : key;
  };
  const failing = may && audit.state === "rejected";
  return (
    <>
      <dl className="au-figures">
        <div>
          <dt>{t("judged")}</dt>
          <dd>{format.number(result.judged)}</dd>
        </div>
        <div>
          <dt>{t("wrong")}</dt>
          <dd>{format.number(result.wrong)}</dd>
        </div>
        <div>
          <dt>{t("rate")}</dt>
          <dd>
            <RateShown rate={result} limit={audit.share} />
          </dd>
        </div>
      </dl>
      <p className="sm t2">{kinds.length > 0 ? kinds.join(", ") : t("noDefects")}</p>
      <div>
        <h3>{t("parts")}</h3>
        {Object.entries(certificate.strata).map(([key, rate]) => (
          <div className="au-part" key={key}>
            <span className="el">{named(key)}</span>
            <span className="t3 sm">{t("ofJudged", { wrong: rate.wrong, count: rate.n })}</span>
            <RateShown rate={rate} limit={audit.share} />
            <span />
            {failing && rate.wrong > 0 ? (
              <Button size="s" onClick={() => setAgain(key)}>
                {t("reopenPart")}
              </Button>
            ) : (
              <span />
            )}
          </div>
        ))}
      </div>
      {audit.by !== "class" && (
        <div>
          <h3>{t("classes")}</h3>
          {Object.entries(certificate.classes).map(([key, rate]) => (
            <div className="au-part" key={key}>
              <span className="el">{classes.has(Number(key)) ? classTitle(classes, Number(key)) : key}</span>
              <span className="t3 sm">{t("ofJudged", { wrong: rate.wrong, count: rate.n })}</span>
              <RateShown rate={rate} limit={audit.share} />
            </div>
          ))}
        </div>
      )}
      {failing && (
        <div>
          <Button kind="bad" onClick={() => setAgain(null)}>
            {t("reopenAll")}
          </Button>
        </div>
      )}
      <p className="t3 sm">{t("hash", { hash: audit.certificate_sha256.slice(0, 16) })}</p>
      {again !== undefined && <Reopen audit={audit} stratum={again} onClose={() => setAgain(undefined)} />}
    </>
  );
}

function RateShown({ rate, limit }: { rate: Rate; limit: number }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  if (rate.rate === null || rate.low === null || rate.high === null) return <span className="t3">–</span>;
  const label = t("interval", {
    value: format.percent(rate.rate, 1),
    low: format.percent(rate.low, 1),
    high: format.percent(rate.high, 1),
  });
  const max = Math.min(1, Math.max(2 * limit, rate.high));
  return (
    <span className="row g6 nw" title={label}>
      <span className="m">{format.percent(rate.rate, 1)}</span>
      <IntervalDot
        value={rate.rate}
        low={rate.low}
        high={rate.high}
        target={limit}
        max={max}
        label={label}
        width={90}
      />
    </span>
  );
}

function Reopen({ audit, stratum, onClose }: { audit: Audit; stratum: string | null; onClose: () => void }) {
  const { t } = useTranslation("audits");
  const project = useProject();
  const queries = useQueryClient();
  const preview = useQuery({
    queryKey: [...auditsKey(project.id), audit.id, "reopen", stratum],
    queryFn: () => api.post<Schemas["ReopenPreview"]>(`/audits/${audit.id}/reopen/preview`, { stratum }),
  });
  const reopen = useMutation({
    mutationFn: () => api.post<Schemas["ReopenOut"]>(`/audits/${audit.id}/reopen`, { stratum }),
    onSuccess: (done) => {
      showToast({
        tone: "ok",
        title: done.job ? t("reopenJob") : t("reopened", { count: done.changed }),
      });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: auditsKey(project.id) }),
  });
  const left = Object.values(preview.data?.left ?? {}).reduce((sum, count) => sum + count, 0);
  return (
    <ConfirmDialog
      opened
      title={t("reopenAsk")}
      confirm={t("reopen")}
      keep={t("common:cancel")}
      destructive={false}
      busy={reopen.isPending}
      disabled={!preview.data?.reopened}
      onConfirm={() => reopen.mutate()}
      onClose={onClose}
    >
      <Loaded query={preview}>
        {(value) => (
          <p>
            {t("reopenCount", { count: value.reopened })} {left > 0 && t("reopenLeft", { count: left })}
          </p>
        )}
      </Loaded>
    </ConfirmDialog>
  );
}

function Reopening({ audit, one, may }: { audit: Audit; one: Schemas["Reopened"]; may: boolean }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const act = useAct(audit);
  return (
    <div className="row g6 sm">
      <span className="t2">
        {t(one.undone ? "reopenUndone" : "reopened", { count: one.tasks })}, {format.ago(one.at)}
      </span>
      {may && one.undoable && (
        <Button size="s" busy={act.isPending} onClick={() => act.mutate("reopen/undo")}>
          {t("common:undo")}
        </Button>
      )}
    </div>
  );
}

function Found({ audit }: { audit: Audit }) {
  const { t } = useTranslation(["audits", "label"]);
  const project = useProject();
  const { pages: found, rows } = usePages({
    queryKey: [...auditsKey(project.id), audit.id, "found"],
    ask: (cursor) => api.get<Listed<Schemas["AuditedTask"]>>(`/audits/${audit.id}/found`, { query: { cursor } }),
  });
  if (rows.length === 0) return null;
  return (
    <div className="col g6">
      <h3>{t("found")}</h3>
      <div className="au-found">
        {rows.map((row) => (
          <Link key={row.task} to={row.web_url} className="col">
            <img src={row.thumb} alt={row.name} crossOrigin="anonymous" loading="lazy" />
            <span className="sm m">{t("task", { number: row.number })}</span>
            <span className="xs t2">{row.defects.map((defect) => t(`label:mark.${defect.kind}`)).join(", ")}</span>
          </Link>
        ))}
      </div>
      <LoadMore pages={found} />
    </div>
  );
}

function saveCertificate(audit: Audit, project: string) {
  saveJson(`${project}-audit-${audit.number}.json`, { ...audit.certificate, sha256: audit.certificate_sha256 });
}
