import { Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, ConfirmDialog, DataTable, Dialog, DialogButtons, Loaded, SecretDialog, Seg, useFormat } from "@/ui";

type Token = Schemas["TokenOut"];
const KEY = ["tokens"];
const DAYS = ["30", "90", "365", ""] as const;

export function Tokens() {
  const { t } = useTranslation("account");
  const query = useQuery({
    queryKey: KEY,
    queryFn: () => api.get<Listed<Token>>("/tokens", { query: { limit: 200 } }),
  });
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <section aria-labelledby="tokens">
      <div className="row" style={{ marginBottom: 4 }}>
        <h2 id="tokens">{t("tokens.title")}</h2>
        <span className="sp" />
        <Button icon="plus" onClick={() => setMaking(true)}>
          {t("tokens.make")}
        </Button>
      </div>
      <p className="t2 sm" style={{ marginBottom: 8 }}>
        {t("tokens.lead")}
      </p>
      <Loaded query={query}>
        {({ results }) =>
          results.length === 0 ? <p className="t3 sm">{t("tokens.none")}</p> : <TokenTable tokens={results} />
        }
      </Loaded>
      <Dialog opened={making} title={t("tokens.make")} onClose={() => setMaking(false)}>
        <TokenForm
          onClose={() => setMaking(false)}
          onMade={(text) => {
            setMaking(false);
            setSecret(text);
          }}
        />
      </Dialog>
      <SecretDialog
        opened={secret !== null}
        title={t("tokens.secretTitle")}
        lead={t("tokens.secretLead")}
        label={t("tokens.secret")}
        secret={secret ?? ""}
        done={t("tokens.done")}
        onClose={() => setSecret(null)}
      />
    </section>
  );
}

function TokenForm({ onClose, onMade }: { onClose: () => void; onMade: (secret: string) => void }) {
  const { t } = useTranslation("account");
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<"read" | "write">("write");
  const [days, setDays] = useState<string>("365");
  const make = useMutation({
    mutationFn: () =>
      api.post<Schemas["TokenMade"]>("/tokens", {
        name: name.trim(),
        scopes: scope === "write" ? ["read", "write"] : ["read"],
        expires_in_days: days ? Number(days) : null,
      }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: KEY });
      onMade(made.secret);
    },
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    make.mutate();
  }
  return (
    <form onSubmit={onSubmit} className="col" style={{ gap: 12, marginTop: 4 }}>
      <TextInput
        label={t("tokens.name")}
        description={t("tokens.nameHint")}
        data-autofocus
        required
        withAsterisk={false}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Seg
        label={t("tokens.scopes")}
        value={scope}
        onChange={setScope}
        options={(["read", "write"] as const).map((value) => ({ value, label: t(`tokens.${value}`) }))}
      />
      <Select
        label={t("tokens.expires")}
        allowDeselect={false}
        data={DAYS.map((value) => ({
          value,
          label: value ? t("tokens.days", { count: Number(value) }) : t("tokens.forever"),
        }))}
        value={days}
        onChange={(value) => setDays(value ?? "")}
      />
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" kind="primary" busy={make.isPending} disabled={!name.trim()}>
          {t("tokens.make")}
        </Button>
      </DialogButtons>
    </form>
  );
}

function TokenTable({ tokens }: { tokens: Token[] }) {
  const { t } = useTranslation("account");
  const format = useFormat();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<Token | null>(null);
  const revoke = useMutation({
    mutationFn: (token: Token) => api.delete(`/tokens/${token.id}`),
    onSettled: () => {
      setLeaving(null);
      void queries.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <>
      <DataTable
        label={t("tokens.title")}
        rows={tokens}
        rowKey={(token) => token.id}
        columns={[
          { id: "name", header: t("tokens.name"), cell: (token) => <span className="m">{token.name}</span> },
          { id: "prefix", header: t("tokens.prefix"), cell: (token) => <code className="xs">{token.prefix}…</code> },
          {
            id: "scopes",
            header: t("tokens.scopes"),
            cell: (token) => t(token.scopes.includes("write") ? "tokens.write" : "tokens.read"),
          },
          {
            id: "created",
            header: t("tokens.created"),
            align: "right",
            cell: (token) => format.date(token.created_at),
          },
          {
            id: "used",
            header: t("tokens.lastUsed"),
            align: "right",
            cell: (token) => (token.last_used_at ? format.ago(token.last_used_at) : t("tokens.never")),
          },
          {
            id: "until",
            header: t("tokens.until"),
            align: "right",
            cell: (token) => (token.expires_at ? format.date(token.expires_at) : t("tokens.forever")),
          },
        ]}
        actions={(token) => (
          <Button size="s" onClick={() => setLeaving(token)}>
            {t("tokens.revoke")}
          </Button>
        )}
      />
      <ConfirmDialog
        opened={leaving !== null}
        title={t("tokens.revokeQuestion", { name: leaving?.name })}
        confirm={t("tokens.revoke")}
        keep={t("tokens.keep")}
        busy={revoke.isPending}
        onConfirm={() => leaving && revoke.mutate(leaving)}
        onClose={() => setLeaving(null)}
      >
        {t("tokens.revokeText")}
      </ConfirmDialog>
    </>
  );
}
