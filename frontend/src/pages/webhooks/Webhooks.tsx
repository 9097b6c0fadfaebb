import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, Dialog, EmptyState, LinkButton, Loaded, Page, SecretDialog } from "@/ui";
import { Card } from "./Card";
import { Form } from "./Form";
import "./webhooks.css";

interface WebhooksProps {
  /** The address of the place they belong to: `/projects/7`. */
  place: string;
  within: string;
  back: string;
  mayEdit: boolean;
}

/** The webhooks of one place, each with the log of what it was sent. */
export function Webhooks({ place, within, back, mayEdit }: WebhooksProps) {
  const { t } = useTranslation("webhooks");
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [params] = useSearchParams();
  const query = useQuery({
    queryKey: ["webhooks", place],
    queryFn: () => api.get<Schemas["WebhooksOut"]>(`${place}/webhooks`),
    enabled: mayEdit,
    refetchInterval: ({ state }) => (state.data?.results.some((one) => one.waiting > 0) ? 3_000 : false),
  });
  const kinds = query.data?.kinds ?? [];
  return (
    <Page
      title={t("title")}
      within={within}
      beside={
        <LinkButton kind="quiet" size="s" icon="chevron-left" to={back}>
          {t("back")}
        </LinkButton>
      }
      actions={
        mayEdit && (
          <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>
            {t("make")}
          </Button>
        )
      }
    >
      <div className="gut col wh-page">
        <p className="t2 sm" style={{ maxWidth: "76ch" }}>
          {mayEdit ? t("lead") : t("notYours")}
        </p>
        {mayEdit && (
          <Loaded query={query}>
            {({ results }) =>
              results.length === 0 ? (
                <EmptyState icon="exchange" title={t("none")} inline>
                  {t("noneLead")}
                </EmptyState>
              ) : (
                results.map((hook) => (
                  <Card
                    key={hook.id}
                    hook={hook}
                    place={place}
                    kinds={kinds}
                    opened={params.get("webhook") === String(hook.id)}
                    onSecret={setSecret}
                  />
                ))
              )
            }
          </Loaded>
        )}
      </div>
      <Dialog opened={making} title={t("make")} onClose={() => setMaking(false)} width={600}>
        <Form
          place={place}
          kinds={kinds}
          onClose={() => setMaking(false)}
          onMade={(text) => {
            setMaking(false);
            setSecret(text);
          }}
        />
      </Dialog>
      <SecretDialog
        opened={secret !== null}
        title={t("secret.title")}
        lead={t("secret.lead")}
        label={t("secret.label")}
        secret={secret ?? ""}
        done={t("secret.done")}
        onClose={() => setSecret(null)}
      />
    </Page>
  );
}
