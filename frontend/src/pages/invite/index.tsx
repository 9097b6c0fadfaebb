import { PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import { type Me, useMeQuery } from "@/api/me";
import type { Schemas } from "@/api/types";
import { LanguageLinks } from "@/app/LanguageLinks";
import { SignInForm } from "@/pages/signin";
import { Button, EmptyState, LinkButton, Loaded, Logo, useDocumentTitle, useFormat } from "@/ui";

type Shown = Schemas["InvitationShown"];

/** What an invitation link opens, for people with and without an account. */
export default function InvitePage() {
  const { t } = useTranslation("invite");
  const { token = "" } = useParams();
  useDocumentTitle(t("title"));
  const me = useMeQuery();
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.get<Shown>(`/invitations/${encodeURIComponent(token)}`),
    retry: false,
  });
  const gone = isApiError(invitation.error) && invitation.error.status < 500 && invitation.error.status > 0;
  return (
    <main className="col" style={{ minHeight: "100vh", alignItems: "center", justifyContent: "center", padding: 24 }}>
      <div style={{ width: 360 }}>
        <div className="row" style={{ marginBottom: 20 }}>
          <Logo size={28} />
          <span className="xl b">Labelwright</span>
        </div>
        {gone ? (
          <EmptyState icon="link" title={t("gone")} inline action={<LinkButton to="/">{t("home")}</LinkButton>}>
            {t("goneLead")}
          </EmptyState>
        ) : (
          <Loaded query={invitation}>
            {(shown) => (me.isPending ? null : <Join token={token} shown={shown} me={me.data ?? null} />)}
          </Loaded>
        )}
        <LanguageLinks />
      </div>
    </main>
  );
}

function Join({ token, shown, me }: { token: string; shown: Shown; me: Me | null }) {
  const { t, i18n } = useTranslation("invite");
  const format = useFormat();
  const accept = useMutation({
    mutationFn: async (body: { email: string; name: string; password: string }) => {
      await api.post<Me>(`/invitations/${encodeURIComponent(token)}/accept`, body);
      // A new account begins in the language its person read the invitation in.
      if (!me) await api.patch<Me>("/auth/me", { language: i18n.language });
    },
    meta: { ownError: true },
    onSuccess: () => location.assign("/"),
  });
  const error = isApiError(accept.error) ? accept.error : null;
  return (
    <>
      <h1 className="lg b">{t("join", { by: shown.invited_by, organisation: shown.organisation })}</h1>
      <p className="t2 sm" style={{ margin: "2px 0 16px" }}>
        {t("lead", { role: t(`common:role.${shown.role}`), date: format.date(shown.expires_at) })}
      </p>
      {me ? (
        <JoinAsMe me={me} busy={accept.isPending} onJoin={() => accept.mutate({ email: "", name: "", password: "" })} />
      ) : (
        <Newcomer email={shown.email} busy={accept.isPending} onJoin={(body) => accept.mutate(body)} />
      )}
      {accept.isError && (
        <p className="bad sm" role="alert" style={{ marginTop: 10 }}>
          {error ? error.sentence : t("common:error.noAnswer")}
        </p>
      )}
    </>
  );
}

function JoinAsMe({ me, busy, onJoin }: { me: Me; busy: boolean; onJoin: () => void }) {
  const { t } = useTranslation("invite");
  const signOut = useMutation({ mutationFn: () => api.post("/auth/logout"), onSuccess: () => location.reload() });
  return (
    <div className="col" style={{ gap: 8 }}>
      <Button kind="primary" size="l" busy={busy} onClick={onJoin} style={{ justifyContent: "center" }}>
        {t("asMe", { name: me.name || me.email })}
      </Button>
      <Button kind="quiet" onClick={() => signOut.mutate()} style={{ justifyContent: "center" }}>
        {t("other")}
      </Button>
    </div>
  );
}

/** Two ways for somebody who is not signed in; the link stays in the address. */
function Newcomer(props: JoinFormProps) {
  const { t } = useTranslation("invite");
  const me = useMeQuery();
  const [known, setKnown] = useState(false);
  return (
    <>
      {known ? <SignInForm onSignedIn={() => void me.refetch()} /> : <JoinForm {...props} />}
      <button
        type="button"
        className="lnk sm"
        style={{ minHeight: 24, marginTop: 10 }}
        onClick={() => setKnown(!known)}
      >
        {known ? t("new") : t("have")}
      </button>
    </>
  );
}

interface JoinFormProps {
  email: string;
  busy: boolean;
  onJoin: (body: { email: string; name: string; password: string }) => void;
}

function JoinForm({ email: given, busy, onJoin }: JoinFormProps) {
  const { t } = useTranslation("invite");
  const [email, setEmail] = useState(given);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    onJoin({ email, name, password });
  }
  return (
    <form onSubmit={onSubmit} className="col" style={{ gap: 12 }}>
      <TextInput
        label={t("email")}
        type="email"
        autoComplete="username"
        required
        withAsterisk={false}
        readOnly={given !== ""}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <TextInput
        label={t("name")}
        autoComplete="name"
        required
        withAsterisk={false}
        autoFocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label={t("password")}
        description={t("passwordHint")}
        autoComplete="new-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" kind="primary" size="l" busy={busy} style={{ justifyContent: "center" }}>
        {t("submit")}
      </Button>
    </form>
  );
}
