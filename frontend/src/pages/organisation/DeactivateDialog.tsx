import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { ConfirmDialog, showToast } from "@/ui";

type Member = Schemas["MemberOut"];

interface DeactivateDialogProps {
  organisation: Schemas["MyOrganisation"];
  member: Member;
  members: Member[];
  onClose: () => void;
}

/** Ends a member's sessions and tokens and passes on or frees their open work; their history stays. */
export function DeactivateDialog({ organisation, member, members, onClose }: DeactivateDialogProps) {
  const { t } = useTranslation("organisation");
  const queries = useQueryClient();
  const [heir, setHeir] = useState<string | null>(null);
  const name = member.name || member.email;
  const deactivate = useMutation({
    mutationFn: () =>
      api.post<Schemas["Deactivated"]>(`/organisations/${organisation.id}/members/${member.id}/deactivate`, {
        hand_over_to: heir ? Number(heir) : null,
      }),
    onSuccess: (done) => {
      showToast({
        tone: "ok",
        title: t("deactivated.title", { name }),
        detail: [
          t("deactivated.handedOver", { count: done.handed_over }),
          t("deactivated.freed", { count: done.freed }),
          t("deactivated.sessions", { count: done.sessions_ended }),
          t("deactivated.tokens", { count: done.tokens_revoked }),
        ].join(", "),
      });
      void queries.invalidateQueries({ queryKey: ["members", organisation.id] });
      onClose();
    },
  });
  const others = members.filter((one) => one.id !== member.id && one.state === "active" && one.role !== "viewer");
  return (
    <ConfirmDialog
      opened
      title={t("deactivateQuestion", { name })}
      confirm={t("deactivate")}
      keep={t("keep")}
      busy={deactivate.isPending}
      onConfirm={() => deactivate.mutate()}
      onClose={onClose}
    >
      <p style={{ marginBottom: 12 }}>{t("deactivateText")}</p>
      <Select
        label={t("heir")}
        placeholder={t("heirNone")}
        clearable
        searchable
        data={others.map((one) => ({ value: String(one.id), label: one.name || one.email }))}
        value={heir}
        onChange={setHeir}
      />
    </ConfirmDialog>
  );
}
