import { PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import { ME, type Me } from "@/api/me";
import { LanguageLinks } from "@/app/LanguageLinks";
import { Button, Dialog, Icon, Logo, useDocumentTitle } from "@/ui";

/** One form with e-mail and password. Shown at the address that was asked for. */
export function SignInPage() {
  const { t } = useTranslation("signin");
  const queries = useQueryClient();
  useDocumentTitle(t("title"));
  return (
    <main className="col" style={{ minHeight: "100vh", alignItems: "center", justifyContent: "center", padding: 24 }}>
      <div style={{ width: 320, marginTop: "-6vh" }}>
        <div className="row" style={{ marginBottom: 20 }}>
          <Logo size={28} />
          <span className="xl b">Labelwright</span>
        </div>
        <h1 className="lg b">{t("title")}</h1>
        <p className="t2 sm" style={{ margin: "2px 0 16px" }}>
          {t("lead")}
        </p>
        <SignInForm onSignedIn={() => void queries.resetQueries()} />
        <LanguageLinks />
      </div>
    </main>
  );
}

export function SignInDialog({ opened, onSignedIn }: { opened: boolean; onSignedIn: (me: Me) => void }) {
  const { t } = useTranslation("signin");
  return (
    <Dialog opened={opened} title={t("again.title")} onClose={() => {}} width={360}>
      <p className="t2 sm" style={{ marginBottom: 12 }}>
        {t("again.lead")}
      </p>
      <SignInForm onSignedIn={onSignedIn} />
    </Dialog>
  );
}

export function SignInForm({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const { t } = useTranslation("signin");
  const queries = useQueryClient();
  const [email, setEmail] = useState(queries.getQueryData<Me | null>(ME)?.email ?? "");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => api.post<Me>("/auth/login", { email, password }),
    meta: { ownError: true },
    onSuccess: onSignedIn,
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    signIn.mutate();
  }
  return (
    <form onSubmit={onSubmit} className="col" style={{ gap: 12 }}>
      <TextInput
        label={t("email")}
        type="email"
        name="email"
        autoComplete="username"
        required
        withAsterisk={false}
        autoFocus
        data-autofocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <PasswordInput
        label={t("password")}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {signIn.isError && (
        <div className="row g6 bad sm" role="alert" style={{ alignItems: "flex-start" }}>
          <Icon name="alert" size="s" />
          <span>{isApiError(signIn.error) && signIn.error.status > 0 ? signIn.error.sentence : t("unreachable")}</span>
        </div>
      )}
      <Button type="submit" kind="primary" size="l" busy={signIn.isPending} style={{ justifyContent: "center" }}>
        {t("submit")}
      </Button>
    </form>
  );
}
