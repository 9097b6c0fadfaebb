import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useMe } from "@/api/me";
import type { Schemas } from "@/api/types";
import { Avatar, Button, Chip, type Column, DataTable, showToast, useFormat } from "@/ui";
import { DeactivateDialog } from "./DeactivateDialog";
import { type Role, RoleSelect, rolesToGive } from "./roles";

type Member = Schemas["MemberOut"];

interface MemberTableProps {
  organisation: Schemas["MyOrganisation"];
  members: Member[];
  mayEdit: boolean;
}

export function MemberTable({ organisation, members, mayEdit }: MemberTableProps) {
  const { t } = useTranslation("organisation");
  const format = useFormat();
  const me = useMe();
  const [leaving, setLeaving] = useState<Member | null>(null);
  const { changeRole, reactivate } = useMemberChanges(organisation.id);
  const roles = rolesToGive(organisation.actions);
  const mayTouch = (member: Member) => mayEdit && (member.role !== "owner" || roles.includes("owner"));
  const columns: Column<Member>[] = [
    { id: "name", header: t("column.name"), cell: (member) => <MemberName member={member} me={me.id} /> },
    { id: "email", header: t("column.email"), cell: (member) => <span title={member.email}>{member.email}</span> },
    {
      id: "role",
      header: t("column.role"),
      width: 150,
      cell: (member) =>
        mayTouch(member) && member.state === "active" ? (
          <RoleSelect
            ariaLabel={t("roleOf", { name: member.name || member.email })}
            value={member.role}
            roles={roles}
            onChange={(role) => changeRole.mutate({ member, role })}
          />
        ) : (
          t(`common:role.${member.role}`)
        ),
    },
    {
      id: "state",
      header: t("column.state"),
      cell: (member) => (
        <Chip small tone={member.state === "active" ? "ok" : "neutral"}>
          {t(`state.${member.state}`)}
        </Chip>
      ),
    },
    {
      id: "login",
      header: t("column.login"),
      align: "right",
      cell: (member) => (member.last_login ? format.ago(member.last_login) : t("never")),
    },
    { id: "joined", header: t("column.joined"), align: "right", cell: (member) => format.date(member.joined_at) },
  ];
  return (
    <>
      <DataTable
        label={t("tab.members")}
        columns={columns}
        rows={members}
        rowKey={(member) => member.id}
        rowHeight={38}
        actions={
          mayEdit
            ? (member) =>
                mayTouch(member) && member.id !== me.id ? (
                  member.state === "active" ? (
                    <Button size="s" onClick={() => setLeaving(member)}>
                      {t("deactivate")}
                    </Button>
                  ) : (
                    <Button size="s" onClick={() => reactivate.mutate(member)}>
                      {t("reactivate")}
                    </Button>
                  )
                ) : null
            : undefined
        }
      />
      {leaving && (
        <DeactivateDialog
          organisation={organisation}
          member={leaving}
          members={members}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  );
}

function MemberName({ member, me }: { member: Member; me: number }) {
  const { t } = useTranslation("organisation");
  const name = member.name || member.email;
  return (
    <span className={`row ${member.state === "deactivated" ? "t3" : ""}`}>
      <Avatar name={name} />
      <span className="m el">{name}</span>
      {member.id === me && <span className="t3 sm">{t("you")}</span>}
    </span>
  );
}

function useMemberChanges(organisation: number) {
  const { t } = useTranslation("organisation");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["members", organisation] });
  const changeRole = useMutation({
    mutationFn: ({ member, role }: { member: Member; role: Role }) =>
      api.patch<Member>(`/organisations/${organisation}/members/${member.id}`, { role }),
    onSuccess: (_fresh, { member, role }) => {
      showToast({
        tone: "ok",
        title: t("roleChanged", { name: member.name || member.email, role: t(`common:role.${role}`) }),
        action: {
          label: t("common:undo"),
          undo: true,
          run: () => changeRole.mutate({ member: { ...member, role }, role: member.role }),
        },
      });
    },
    onSettled: refresh,
  });
  const reactivate = useMutation({
    mutationFn: (member: Member) => api.post<Member>(`/organisations/${organisation}/members/${member.id}/reactivate`),
    onSuccess: (member) => showToast({ tone: "ok", title: t("reactivated", { name: member.name || member.email }) }),
    onSettled: refresh,
  });
  return { changeRole, reactivate };
}
