import { Select, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { type Project, projectKey, useProject } from "@/app/project";
import { Avatar, Button, type Column, DataTable, EmptyState, Loaded, Page, showToast } from "@/ui";

type Member = Schemas["ProjectMemberOut"];
type Role = Member["role"];
const ROLES: Role[] = ["owner", "manager", "reviewer", "annotator", "viewer"];
const INHERIT = "inherit";

const membersKey = (project: Project) => ["project", project.id, "members"];

export default function MembersPage() {
  const { t } = useTranslation("members");
  const project = useProject();
  const members = useQuery({
    queryKey: membersKey(project),
    queryFn: () => api.get<Listed<Member>>(`/projects/${project.id}/members`, { query: { limit: 500 } }),
  });
  const may = project.actions.includes("project.edit");
  return (
    <Page title={t("title")} within={project.name} beside={<Count members={members.data?.results} />}>
      <div className="gut col" style={{ gap: 16 }}>
        <Access project={project} may={may} />
        {may && project.restricted && <AddMember project={project} members={members.data?.results ?? []} />}
        <Loaded query={members}>
          {({ results }) => <MemberTable project={project} members={results} may={may} />}
        </Loaded>
      </div>
    </Page>
  );
}

function Count({ members }: { members: Member[] | undefined }) {
  return members ? <span className="t3">{members.length}</span> : null;
}

/** Everybody of the organisation, or only who is named. */
function Access({ project, may }: { project: Project; may: boolean }) {
  const { t } = useTranslation("members");
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (restricted: boolean) => api.patch<Project>(`/projects/${project.id}`, { restricted }),
    onSuccess: (saved) => {
      queries.setQueryData(projectKey(project.id), saved);
      return queries.invalidateQueries({ queryKey: membersKey(project) });
    },
  });
  return (
    <div>
      <Switch
        label={t("restricted")}
        checked={project.restricted}
        disabled={!may || change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
      <p className="sm t2" style={{ marginTop: 4 }}>
        {t(project.restricted ? "restrictedOn" : "restrictedOff")}
      </p>
    </div>
  );
}

function AddMember({ project, members }: { project: Project; members: Member[] }) {
  const { t } = useTranslation("members");
  const queries = useQueryClient();
  const [user, setUser] = useState<string | null>(null);
  const people = useQuery({
    queryKey: ["organisation", project.organisation.id, "members"],
    queryFn: () =>
      api.get<Listed<Schemas["MemberOut"]>>(`/organisations/${project.organisation.id}/members`, {
        query: { limit: 500 },
      }),
  });
  const add = useMutation({
    mutationFn: (id: number) => api.post(`/projects/${project.id}/members`, { user_id: id }),
    onSuccess: () => {
      setUser(null);
      return queries.invalidateQueries({ queryKey: membersKey(project) });
    },
  });
  const named = new Set(members.filter((member) => member.named).map((member) => member.id));
  const others = (people.data?.results ?? []).filter((person) => person.state === "active" && !named.has(person.id));
  return (
    <form
      className="row"
      style={{ alignItems: "end" }}
      onSubmit={(event) => {
        event.preventDefault();
        if (user) add.mutate(Number(user));
      }}
    >
      <Select
        label={t("addWho")}
        placeholder={t("choose")}
        searchable
        value={user}
        onChange={setUser}
        nothingFoundMessage={t("nobodyLeft")}
        data={others.map((person) => ({
          value: String(person.id),
          label: `${person.name || person.email} · ${person.email}`,
        }))}
        style={{ width: 360 }}
      />
      <Button kind="primary" type="submit" icon="plus" disabled={!user} busy={add.isPending}>
        {t("add")}
      </Button>
    </form>
  );
}

function MemberTable({ project, members, may }: { project: Project; members: Member[]; may: boolean }) {
  const { t } = useTranslation("members");
  const columns: Column<Member>[] = [
    {
      id: "person",
      header: t("person"),
      cell: (member) => (
        <span className="row g6">
          <Avatar name={member.name || member.email} />
          <span className="m">{member.name || member.email}</span>
          <span className="t3">{member.name ? member.email : ""}</span>
        </span>
      ),
    },
    {
      id: "organisation",
      header: t("organisationRole"),
      width: 160,
      cell: (member) => t(`common:role.${member.organisation_role}`),
    },
    {
      id: "role",
      header: t("roleHere"),
      width: 300,
      cell: (member) => (may ? <RoleSelect project={project} member={member} /> : t(`common:role.${member.role}`)),
    },
  ];
  if (members.length === 0)
    return (
      <EmptyState icon="people" title={t("empty")}>
        {t("emptyLead")}
      </EmptyState>
    );
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      rows={members}
      rowKey={(member) => member.id}
      rowHeight={38}
      actions={may && project.restricted ? (member) => <RemoveButton project={project} member={member} /> : undefined}
    />
  );
}

function RoleSelect({ project, member }: { project: Project; member: Member }) {
  const { t } = useTranslation("members");
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (value: string) => {
      const role = value === INHERIT ? null : value;
      return member.named
        ? api.patch(`/projects/${project.id}/members/${member.id}`, { role })
        : api.post(`/projects/${project.id}/members`, { user_id: member.id, role });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: membersKey(project) }),
  });
  return (
    <Select
      size="xs"
      aria-label={t("roleOf", { name: member.name || member.email })}
      value={member.project_role ?? INHERIT}
      allowDeselect={false}
      disabled={change.isPending}
      data={[
        { value: INHERIT, label: t("asOrganisation", { role: t(`common:role.${member.organisation_role}`) }) },
        ...ROLES.map((role) => ({ value: role, label: t(`common:role.${role}`) })),
      ]}
      onChange={(value) => value && change.mutate(value)}
    />
  );
}

function RemoveButton({ project, member }: { project: Project; member: Member }) {
  const { t } = useTranslation("members");
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: membersKey(project) });
  const remove = useMutation({
    mutationFn: () => api.delete(`/projects/${project.id}/members/${member.id}`),
    onSuccess: () => {
      showToast({
        tone: "ok",
        title: t("removed", { name: member.name || member.email }),
        action: {
          label: t("common:undo"),
          undo: true,
          run: () =>
            void api
              .post(`/projects/${project.id}/members`, { user_id: member.id, role: member.project_role })
              .then(refresh),
        },
      });
      return refresh();
    },
  });
  if (!member.named) return null;
  return (
    <Button size="s" busy={remove.isPending} onClick={() => remove.mutate()}>
      {t("remove")}
    </Button>
  );
}
