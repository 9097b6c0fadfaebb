import { Select, Switch, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { ME, type Me, useMe } from "@/api/me";
import { LANGUAGES } from "@/app/i18n";
import { Button, LinkButton, Page, Seg, showToast } from "@/ui";
import { PasswordForm } from "./PasswordForm";
import { Tokens } from "./Tokens";

export default function AccountPage() {
  const { t } = useTranslation("account");
  return (
    <Page title={t("title")}>
      <div className="gut" style={{ maxWidth: 860 }}>
        <Profile />
        <hr className="rule" />
        <Keys />
        <hr className="rule" />
        <PasswordForm />
        <hr className="rule" />
        <Tokens />
      </div>
    </Page>
  );
}

function useChangeMe() {
  const { t } = useTranslation("account");
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<Pick<Me, "name" | "language" | "theme" | "preferences">>) =>
      api.patch<Me>("/auth/me", change),
    onSuccess: (fresh) => {
      queries.setQueryData(ME, fresh);
      showToast({ tone: "ok", title: t("saved") });
    },
  });
}

function Profile() {
  const { t } = useTranslation("account");
  const me = useMe();
  const [name, setName] = useState(me.name);
  const change = useChangeMe();
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    change.mutate({ name: name.trim() });
  }
  return (
    <section aria-labelledby="profile" className="col" style={{ gap: 12, maxWidth: 360 }}>
      <h2 id="profile">{t("profile")}</h2>
      <div>
        <div className="sm m">{t("email")}</div>
        <div className="t2">{me.email}</div>
      </div>
      <form onSubmit={onSubmit} className="row" style={{ alignItems: "flex-end" }}>
        <TextInput
          label={t("name")}
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Button type="submit" busy={change.isPending} disabled={!name.trim() || name.trim() === me.name}>
          {t("common:saveChanges")}
        </Button>
      </form>
      <Select
        label={t("language")}
        allowDeselect={false}
        data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        value={me.language}
        onChange={(value) => value && change.mutate({ language: value as Me["language"] })}
      />
      <div className="col" style={{ gap: 4, alignItems: "flex-start" }}>
        <span className="sm m">{t("theme")}</span>
        <Seg
          label={t("theme")}
          value={me.theme}
          onChange={(theme) => change.mutate({ theme })}
          options={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t(`common:theme.${value}`) }))}
        />
      </div>
    </section>
  );
}

function Keys() {
  const { t } = useTranslation("account");
  const { preferences } = useMe();
  const change = useChangeMe();
  return (
    <section aria-labelledby="keys" className="col" style={{ gap: 12, maxWidth: 360 }}>
      <h2 id="keys">{t("keys.title")}</h2>
      <p className="sm t2">
        {t("keys.current", { preset: t(`keys.presets.${preferences.key_preset ?? "labelwright"}`) })}
      </p>
      <div>
        <LinkButton to="/account/keyboard" icon="keyboard">
          {t("keyboard:change")}
        </LinkButton>
      </div>
      <Switch
        label={t("keys.singleKeys")}
        description={t("keys.singleKeysHint")}
        checked={preferences.single_keys ?? true}
        onChange={(event) =>
          change.mutate({ preferences: { ...preferences, single_keys: event.currentTarget.checked } })
        }
      />
    </section>
  );
}
