import { Select, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { type Project, projectKey, useProject } from "@/app/project";
import { Avatar, Button, Chip, type Column, DataTable, EmptyState, Loaded, Page, showToast } from "@/ui";
import { Away } from "./Away";
import { type Group, Groups, groupsKey } from "./Groups";
import { Terms } from "./Terms";

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
  const groups = useQuery({
    queryKey: groupsKey(project),
    queryFn: () => api.get<Listed<Group>>(`/projects/${project.id}/groups`),
  });
  const may = project.actions.includes("project.edit");
  return (
    <Page title={t("title")} within={project.name} beside={<Count members={members.data?.results} />}>
      <div className="gut col" style={{ gap: 16 }}>
        <Access project={project} may={may} />
        {may && project.restricted && <AddMember project={project} members={members.data?.results ?? []} />}
        <Loaded query={members}>
          {({ results }) => (
            <>
              <MemberTable project={project} members={results} groups={groups.data?.results ?? []} may={may} />
              <Groups project={project} groups={groups.data?.results ?? []} members={results} may={may} />
            </>
          )}
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

interface MemberTableProps {
  project: Project;
  members: Member[];
  groups: Group[];
  may: boolean;
}

function MemberTable({ project, members, groups, may }: MemberTableProps) {
  const { t } = useTranslation("members");
  const [away, setAway] = useState<Member | null>(null);
  const [terms, setTerms] = useState<Member | null>(null);
  const columns: Column<Member>[] = [
    {
      id: "person",
      header: t("person"),
      cell: (member) => (
        <span className="row g6" title={member.email}>
          <Avatar name={member.name || member.email} />
          <span className="m">{member.name || member.email}</span>
        </span>
      ),
    },
    {
      id: "role",
      header: t("roleHere"),
      width: 260,
      cell: (member) => (may ? <RoleSelect project={project} member={member} /> : t(`common:role.${member.role}`)),
    },
    {
      id: "groups",
      header: t("groupsOf"),
      width: 180,
      cell: (member) => <GroupChips member={member} groups={groups} />,
    },
    { id: "terms", header: t("terms.column"), width: 150, cell: (member) => <TermsCell member={member} /> },
  ];
  if (members.length === 0)
    return (
      <EmptyState icon="people" title={t("empty")}>
        {t("emptyLead")}
      </EmptyState>
    );
  return (
    <>
      <DataTable
        label={t("title")}
        columns={columns}
        rows={members}
        rowKey={(member) => member.id}
        rowHeight={38}
        actions={
          may
            ? (member) => (
                <>
                  {member.role !== "viewer" && (
                    <>
                      <Button size="s" onClick={() => setTerms(member)}>
                        {t("terms.button")}
                      </Button>
                      <Button size="s" onClick={() => setAway(member)}>
                        {t("away.open")}
                      </Button>
                    </>
                  )}
                  {project.restricted && <RemoveButton project={project} member={member} />}
                </>
              )
            : undefined
        }
      />
      {away && <Away project={project} member={away} members={members} groups={groups} onClose={() => setAway(null)} />}
      {terms && <Terms project={project} member={terms} onClose={() => setTerms(null)} />}
    </>
  );
}

function GroupChips({ member, groups }: { member: Member; groups: Group[] }) {
  const mine = groups.filter((group) => (member.groups ?? []).includes(group.id));
  return (
    <span className="row g4">
      {mine.map((group) => (
        <Chip key={group.id} small>
          {group.name}
        </Chip>
      ))}
    </span>
  );
}

function TermsCell({ member }: { member: Member }) {
  const { t } = useTranslation("members");
  if (member.paused)
    return (
      <span title={member.paused}>
        <Chip small tone="warn">
          {t("terms.isPaused")}
        </Chip>
      </span>
    );
  const caps = [
    member.cap_open ? t("terms.inHand", { count: member.cap_open }) : "",
    member.cap_day ? t("terms.aDay", { count: member.cap_day }) : "",
  ].filter(Boolean);
  return <span className="sm t2">{caps.join(", ")}</span>;
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
      style={{ width: 244 }}
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
