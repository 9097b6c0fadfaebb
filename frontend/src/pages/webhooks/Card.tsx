import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, Chip, ConfirmDialog, Dialog, IconButton, showToast, type Tone, useFormat } from "@/ui";
import { Form } from "./Form";
import { Log } from "./Log";

type Webhook = Schemas["WebhookOut"];
const TONES: Record<Webhook["state"], Tone> = { active: "ok", paused: "neutral", disabled: "bad" };

interface CardProps {
  hook: Webhook;
  place: string;
  kinds: string[];
  /** Its log is shown. */
  opened: boolean;
  onSecret: (secret: string) => void;
}

/** One webhook: how it stands, what can be done with it, and its log. */
export function Card({ hook, place, kinds, opened, onSecret }: CardProps) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const queries = useQueryClient();
  const [log, setLog] = useState(opened);
  const [asking, setAsking] = useState<"edit" | "secret" | "delete" | null>(null);
  const again = () => {
    void queries.invalidateQueries({ queryKey: ["webhooks", place] });
    void queries.invalidateQueries({ queryKey: ["deliveries", hook.id] });
  };
  const turn = useMutation({
    mutationFn: (active: boolean) => api.patch(`/webhooks/${hook.id}`, { active }),
    onSuccess: again,
  });
  const ping = useMutation({
    mutationFn: () => api.post(`/webhooks/${hook.id}/ping`),
    onSuccess: () => {
      setLog(true);
      again();
      showToast({ tone: "ok", title: t("pinged") });
    },
  });
  const replace = useMutation({
    mutationFn: () => api.post<Schemas["WebhookMade"]>(`/webhooks/${hook.id}/secret`),
    onSuccess: (made) => onSecret(made.secret),
    onSettled: () => setAsking(null),
  });
  const remove = useMutation({
    mutationFn: () => api.delete(`/webhooks/${hook.id}`),
    onSuccess: again,
    onSettled: () => setAsking(null),
  });
  return (
    <section className="wh-card" aria-label={hook.name}>
      <div className="row g6">
        <h2>{hook.name}</h2>
        <Chip small tone={TONES[hook.state]}>
          {t(`state.${hook.state}`)}
        </Chip>
        {hook.waiting > 0 && <span className="t2 sm">{t("waiting", { count: hook.waiting })}</span>}
        <span className="sp" />
        <Button size="s" busy={ping.isPending} onClick={() => ping.mutate()}>
          {t("ping")}
        </Button>
        <Button size="s" busy={turn.isPending} onClick={() => turn.mutate(hook.state !== "active")}>
          {t(hook.state === "active" ? "pause" : "resume")}
        </Button>
        <IconButton icon="edit" label={t("edit")} onClick={() => setAsking("edit")} />
        <IconButton icon="trash" label={t("delete")} onClick={() => setAsking("delete")} />
      </div>
      <code className="wh-url t2">{hook.url}</code>
      <p className="sm t3">
        {hook.kinds.map((kind) => t(`kind.${kind.replace(".", "_")}`)).join(" · ")}
        {" — "}
        {hook.delivered_at ? t("last", { ago: format.ago(hook.delivered_at) }) : t("never")}
        {hook.failures > 0 && ` ${t("failures", { count: hook.failures })}`}
      </p>
      {hook.state === "disabled" && (
        <p className="sm bad" role="status">
          {t("disabledText")}
        </p>
      )}
      <div className="row g6">
        <Button size="s" kind="quiet" aria-expanded={log} onClick={() => setLog(!log)}>
          {t(log ? "hideLog" : "showLog")}
        </Button>
        <Button size="s" kind="quiet" onClick={() => setAsking("secret")}>
          {t("secret.replace")}
        </Button>
      </div>
      {log && <Log hook={hook} onAgain={again} />}
      <Dialog opened={asking === "edit"} title={t("edit")} onClose={() => setAsking(null)} width={600}>
        <Form place={place} kinds={kinds} hook={hook} onClose={() => setAsking(null)} onMade={onSecret} />
      </Dialog>
      <ConfirmDialog
        opened={asking === "secret"}
        title={t("secret.question")}
        confirm={t("secret.replace")}
        keep={t("common:cancel")}
        busy={replace.isPending}
        onConfirm={() => replace.mutate()}
        onClose={() => setAsking(null)}
      >
        {t("secret.questionText")}
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking === "delete"}
        title={t("deleteQuestion", { name: hook.name })}
        confirm={t("delete")}
        keep={t("common:cancel")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(null)}
      >
        {t("deleteText")}
      </ConfirmDialog>
    </section>
  );
}
