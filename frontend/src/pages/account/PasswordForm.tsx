import { PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import { useMe } from "@/api/me";
import { Button, showToast } from "@/ui";

const EMPTY = { current: "", fresh: "", again: "" };

export function PasswordForm() {
  const { t } = useTranslation("account");
  const me = useMe();
  const [form, setForm] = useState(EMPTY);
  const change = useMutation({
    mutationFn: () => api.post("/auth/password", { current: form.current, new: form.fresh }),
    meta: { ownError: true },
    onSuccess: () => {
      setForm(EMPTY);
      showToast({ tone: "ok", title: t("password.changed"), detail: t("password.changedDetail") });
    },
  });
  const error = isApiError(change.error) ? change.error : null;
  const differ = form.again !== "" && form.again !== form.fresh;
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (!differ) change.mutate();
  }
  return (
    <section aria-labelledby="password">
      <form onSubmit={onSubmit} className="col" style={{ gap: 12, maxWidth: 360, alignItems: "stretch" }}>
        <h2 id="password">{t("password.title")}</h2>
        <input type="text" name="username" autoComplete="username" value={me.email} readOnly hidden />
        <PasswordInput
          label={t("password.current")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={form.current}
          error={error?.field("current")}
          onChange={(event) => setForm({ ...form, current: event.currentTarget.value })}
        />
        <PasswordInput
          label={t("password.new")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={form.fresh}
          error={error?.field("new")}
          onChange={(event) => setForm({ ...form, fresh: event.currentTarget.value })}
        />
        <PasswordInput
          label={t("password.again")}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={form.again}
          error={differ ? t("password.differ") : undefined}
          onChange={(event) => setForm({ ...form, again: event.currentTarget.value })}
        />
        {error && error.errors.length === 0 && (
          <p className="bad sm" role="alert">
            {error.sentence}
          </p>
        )}
        <div>
          <Button
            type="submit"
            busy={change.isPending}
            disabled={!form.current || !form.fresh || form.again !== form.fresh}
          >
            {t("password.change")}
          </Button>
        </div>
      </form>
    </section>
  );
}
