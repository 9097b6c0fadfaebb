import { TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { isApiError } from "@/api/errors";
import type { Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, SecretDialog, Seg, showToast } from "@/ui";
import { type Role, RoleSelect, rolesToGive } from "./roles";

type Way = "link" | "account";

/** Two ways in: a link to hand over, or an account with a first password. Neither needs a mail server. */
export function AddMember({ organisation }: { organisation: Schemas["MyOrganisation"] }) {
  const { t } = useTranslation("organisation");
  const [opened, setOpened] = useState(false);
  const [secret, setSecret] = useState<{ way: Way; text: string } | null>(null);
  return (
    <>
      <Button kind="primary" icon="plus" onClick={() => setOpened(true)}>
        {t("add.button")}
      </Button>
      <Dialog opened={opened} title={t("add.title")} onClose={() => setOpened(false)} width={460}>
        <AddMemberForm
          organisation={organisation}
          onClose={() => setOpened(false)}
          onSecret={(way, text) => {
            setOpened(false);
            setSecret({ way, text });
          }}
        />
      </Dialog>
      <SecretDialog
        opened={secret !== null}
        title={secret?.way === "link" ? t("add.linkTitle") : t("add.passwordTitle")}
        lead={secret?.way === "link" ? t("add.linkLead") : t("add.passwordLead")}
        label={secret?.way === "link" ? t("add.link") : t("add.password")}
        secret={secret?.text ?? ""}
        done={t("add.done")}
        onClose={() => setSecret(null)}
      />
    </>
  );
}

interface FormProps {
  organisation: Schemas["MyOrganisation"];
  onClose: () => void;
  onSecret: (way: Way, text: string) => void;
}

function useAdding({ organisation, onClose, onSecret }: FormProps) {
  const { t } = useTranslation("organisation");
  const queries = useQueryClient();
  const invite = useMutation({
    mutationFn: (body: { email: string; role: Role }) =>
      api.post<Schemas["InvitationMade"]>(`/organisations/${organisation.id}/invitations`, body),
    meta: { ownError: true },
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["invitations", organisation.id] });
      onSecret("link", location.origin + made.url);
    },
  });
  const create = useMutation({
    mutationFn: (body: { email: string; name: string; role: Role; password: string | null }) =>
      api.post<Schemas["MemberMade"]>(`/organisations/${organisation.id}/members`, body),
    meta: { ownError: true },
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["members", organisation.id] });
      if (made.initial_password) return onSecret("account", made.initial_password);
      showToast({
        tone: "ok",
        title: t("add.added", { name: made.member.name || made.member.email }),
        detail: made.existing_account ? t("add.existing") : undefined,
      });
      onClose();
    },
  });
  return { invite, create };
}

function AddMemberForm(props: FormProps) {
  const { t } = useTranslation("organisation");
  const [way, setWay] = useState<Way>("link");
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("annotator");
  const { invite, create } = useAdding(props);
  const running = way === "link" ? invite : create;
  const error = isApiError(running.error) ? running.error : null;
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    if (way === "link") invite.mutate({ email, role });
    else create.mutate({ email, name, role, password: password || null });
  }
  return (
    <form onSubmit={onSubmit} className="col" style={{ gap: 12, marginTop: 4 }}>
      <Seg
        label={t("add.way")}
        value={way}
        onChange={setWay}
        options={(["link", "account"] as const).map((value) => ({ value, label: t(`add.${value}Way`) }))}
      />
      <TextInput
        label={way === "link" ? t("add.emailOptional") : t("add.email")}
        description={way === "link" ? t("add.emailHint") : undefined}
        type="email"
        data-autofocus
        required={way === "account"}
        withAsterisk={false}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      {way === "account" && (
        <>
          <TextInput
            label={t("add.name")}
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t("add.password")}
            description={t("add.passwordHint")}
            autoComplete="off"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        </>
      )}
      <RoleSelect
        label={t("column.role")}
        value={role}
        roles={rolesToGive(props.organisation.actions)}
        onChange={setRole}
      />
      {error && (
        <p className="bad sm" role="alert">
          {error.sentence}
        </p>
      )}
      <DialogButtons>
        <Button keys="Esc" onClick={props.onClose}>
          {t("common:cancel")}
        </Button>
        <Button type="submit" kind="primary" busy={running.isPending}>
          {way === "link" ? t("add.makeLink") : t("add.makeAccount")}
        </Button>
      </DialogButtons>
    </form>
  );
}
