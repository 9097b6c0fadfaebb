import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { saidOf } from "@/api/errors";
import { isOpen } from "@/app/jobs";
import { Button, Chip, ConfirmDialog, Dialog, Icon, IconButton, type Tone, useFormat } from "@/ui";
import { placeOf, type Storage } from "./fields";
import { StorageForm } from "./StorageForm";

export const isTesting = (storage: Storage) => isOpen(storage.job) && storage.tested_at === null;

/** One storage: where it is, what its last test found, and what can be done with it. */
export function StorageCard({ storage, folders, mayEdit }: { storage: Storage; folders: string[]; mayEdit: boolean }) {
  const { t } = useTranslation("storages");
  const format = useFormat();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<"edit" | "remove" | null>(null);
  const again = () => queries.invalidateQueries({ queryKey: ["storages", storage.organisation] });
  const test = useMutation({ mutationFn: () => api.post(`/storages/${storage.id}/test`), onSuccess: again });
  const remove = useMutation({
    mutationFn: () => api.delete(`/storages/${storage.id}`),
    onSuccess: again,
    onSettled: () => setAsking(null),
  });
  return (
    <section className="st-card" aria-label={storage.name}>
      <div className="row g6">
        <h2>{storage.name}</h2>
        <Status storage={storage} />
        <span className="sp" />
        {mayEdit && (
          <>
            <Button size="s" busy={test.isPending || isTesting(storage)} onClick={() => test.mutate()}>
              {t("test")}
            </Button>
            <IconButton icon="edit" label={t("edit")} onClick={() => setAsking("edit")} />
            <IconButton icon="trash" label={t("remove")} onClick={() => setAsking("remove")} />
          </>
        )}
      </div>
      <code className="st-place t2">{placeOf(storage)}</code>
      <p className="sm t3">
        {[
          t(`kinds.${storage.kind}`),
          storage.for_sources && t("usedBy", { count: storage.sources }),
          storage.for_exports && t("takesExports"),
          storage.kind !== "folder" && t(storage.credentials === "set" ? "withCredentials" : "withoutCredentials"),
          storage.direct && t("isDirect"),
          storage.tested_at && t("tested", { ago: format.ago(storage.tested_at) }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <Checks storage={storage} />
      <Dialog opened={asking === "edit"} title={t("edit")} onClose={() => setAsking(null)} width={560}>
        <StorageForm
          organisation={storage.organisation}
          folders={folders}
          storage={storage}
          onClose={() => setAsking(null)}
        />
      </Dialog>
      <ConfirmDialog
        opened={asking === "remove"}
        title={t("removeQuestion", { name: storage.name })}
        confirm={t("remove")}
        keep={t("common:cancel")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(null)}
      >
        {t("removeText")}
      </ConfirmDialog>
    </section>
  );
}

/** Direct delivery that cannot be is no failure: the app delivers then. */
const needed = (storage: Storage) => storage.checks.filter((check) => check.name !== "direct");

function Status({ storage }: { storage: Storage }) {
  const { t } = useTranslation("storages");
  const jobFailed = storage.job?.state === "failed";
  const works = needed(storage).every((check) => check.ok) && !jobFailed;
  const state = isTesting(storage)
    ? "testing"
    : storage.tested_at === null && !jobFailed
      ? "untested"
      : works
        ? "works"
        : "fails";
  const tone: Record<typeof state, Tone> = { testing: "accent", untested: "neutral", works: "ok", fails: "bad" };
  return (
    <Chip small tone={tone[state]}>
      {t(`state.${state}`)}
    </Chip>
  );
}

/** What failed, step by step; what works is one line. */
function Checks({ storage }: { storage: Storage }) {
  const { t } = useTranslation("storages");
  const passed = storage.checks.filter((check) => check.ok && check.name !== "open");
  return (
    <ul className="st-checks" aria-live="polite">
      {passed.length > 0 && (
        <li className="sm t2">
          <Icon name="check" size="s" className="ok" /> {passed.map((check) => t(`check.${check.name}`)).join(", ")}
        </li>
      )}
      {storage.checks
        .filter((check) => !check.ok)
        .map((check) => (
          <li key={check.name} className={`sm ${check.name === "direct" ? "warn" : "bad"}`}>
            <Icon name="alert" size="s" /> {t(`check.${check.name}`)}:{" "}
            {t(`problem.${check.code}`, { defaultValue: check.detail })}
            {t(`problem.${check.code}`, { defaultValue: "" }) !== "" && check.detail && (
              <span className="xs t3"> {check.detail}</span>
            )}
          </li>
        ))}
      {storage.job?.error && <li className="sm bad">{saidOf(storage.job.error)}</li>}
    </ul>
  );
}
