import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, Chip, DataTable, Loaded, type Tone, useFormat } from "@/ui";

type Invitation = Schemas["InvitationOut"];
const TONES: Record<Invitation["state"], Tone> = {
  open: "accent",
  accepted: "ok",
  expired: "warn",
  revoked: "neutral",
};

export function Invitations({ organisation }: { organisation: Schemas["MyOrganisation"] }) {
  const { t } = useTranslation("organisation");
  const format = useFormat();
  const queries = useQueryClient();
  const key = ["invitations", organisation.id];
  const query = useQuery({
    queryKey: key,
    queryFn: () => api.get<Listed<Invitation>>(`/organisations/${organisation.id}/invitations`),
  });
  const revoke = useMutation({
    mutationFn: (invitation: Invitation) =>
      api.delete(`/organisations/${organisation.id}/invitations/${invitation.id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  return (
    <>
      <h2 style={{ marginBottom: 6 }}>{t("invitations.title")}</h2>
      <Loaded query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="t2 sm">{t("invitations.none")}</p>
          ) : (
            <DataTable
              label={t("invitations.title")}
              rows={results}
              rowKey={(one) => one.id}
              columns={[
                { id: "email", header: t("invitations.for"), cell: (one) => one.email || t("invitations.anybody") },
                { id: "role", header: t("column.role"), cell: (one) => t(`common:role.${one.role}`) },
                {
                  id: "state",
                  header: t("column.state"),
                  cell: (one) => (
                    <Chip small tone={TONES[one.state]}>
                      {t(`invitations.state.${one.state}`)}
                    </Chip>
                  ),
                },
                { id: "by", header: t("invitations.by"), cell: (one) => one.invited_by },
                {
                  id: "expires",
                  header: t("invitations.expires"),
                  align: "right",
                  cell: (one) => format.date(one.expires_at),
                },
              ]}
              actions={(one) =>
                one.state === "open" ? (
                  <Button size="s" onClick={() => revoke.mutate(one)}>
                    {t("invitations.revoke")}
                  </Button>
                ) : null
              }
            />
          )
        }
      </Loaded>
    </>
  );
}
