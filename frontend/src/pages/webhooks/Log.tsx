import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { pollWhile, usePages } from "@/api/pages";
import type { Listed, Schemas } from "@/api/types";
import { Button, Chip, Loaded, LoadMore, Seg, type Tone, useFormat } from "@/ui";

type Delivery = Schemas["DeliveryOut"];
const TONES: Record<Delivery["state"], Tone> = { pending: "neutral", delivered: "ok", failed: "bad" };
const SHOWN = ["all", "pending", "failed"] as const;

interface LogProps {
  hook: Schemas["WebhookOut"];
  onAgain: () => void;
}

/** What a webhook was sent, and what came back. */
export function Log({ hook, onAgain }: LogProps) {
  const { t } = useTranslation("webhooks");
  const [shown, setShown] = useState<(typeof SHOWN)[number]>("all");
  const { pages: query, rows } = usePages({
    queryKey: ["deliveries", hook.id, shown],
    ask: (cursor) =>
      api.get<Listed<Delivery>>(`/webhooks/${hook.id}/deliveries`, {
        query: { limit: 20, state: shown === "all" ? null : shown, cursor },
      }),
    refetchInterval: pollWhile(({ state }: Delivery) => state === "pending", 3_000),
  });
  return (
    <div className="col wh-lines">
      <div className="row">
        <h3>{t("log.title")}</h3>
        <span className="sp" />
        <Seg
          label={t("log.shown")}
          value={shown}
          onChange={setShown}
          options={SHOWN.map((value) => ({ value, label: t(`log.show.${value}`) }))}
        />
      </div>
      <Loaded query={query}>
        {() =>
          rows.length === 0 ? (
            <p className="t3 sm">{t("log.none")}</p>
          ) : (
            <ul className="wh-log" aria-label={t("log.title")}>
              {rows.map((row) => (
                <Entry key={row.id} hook={hook.id} row={row} onAgain={onAgain} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <LoadMore pages={query} size="s" />
    </div>
  );
}

function Entry({ hook, row, onAgain }: { hook: number; row: Delivery; onAgain: () => void }) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const again = useMutation({
    mutationFn: () => api.post(`/webhooks/${hook}/deliveries/${row.id}/again`),
    onSuccess: onAgain,
  });
  const last = row.tries.at(-1);
  return (
    <li>
      <div className="row g6">
        <button type="button" className="row g6 wh-entry" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Chip small tone={TONES[row.state]}>
            {t(`log.state.${row.state}`)}
          </Chip>
          <span>{t(`kind.${row.kind.replace(".", "_")}`)}</span>
          <span className="t3 sm">{format.ago(row.created_at)}</span>
          {last && <span className="t2 sm num">{last.status ?? t("log.noAnswer")}</span>}
          {last && <span className="t3 sm num">{t("log.ms", { ms: format.number(last.ms) })}</span>}
        </button>
        <span className="sp" />
        {row.state !== "pending" && (
          <Button size="s" busy={again.isPending} onClick={() => again.mutate()}>
            {t("log.again")}
          </Button>
        )}
      </div>
      {open && (
        <div className="col wh-lines wh-detail">
          <p className="sm t2">
            {t("log.key")} <code>{row.key}</code>
          </p>
          <pre className="wh-text">{row.body}</pre>
          {row.tries.map((one) => (
            <div key={one.at} className="col wh-lines">
              <p className="sm">
                {format.dateTime(one.at)} · {one.status ?? t("log.noAnswer")} ·{" "}
                {t("log.ms", { ms: format.number(one.ms) })}
                {one.problem && <span className="bad"> · {one.problem}</span>}
              </p>
              {one.answer && <pre className="wh-text">{one.answer}</pre>}
            </div>
          ))}
          {row.next_try_at && <p className="sm t3">{t("log.next", { when: format.dateTime(row.next_try_at) })}</p>}
        </div>
      )}
    </li>
  );
}
