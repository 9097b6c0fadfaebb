import { MultiSelect, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, projectKey } from "@/app/project";
import { Button, Chip, ConfirmDialog, Dialog, DialogButtons, Icon, IconButton, showToast } from "@/ui";

export type Group = Schemas["GroupOut"];
type Member = Schemas["ProjectMemberOut"];

export const groupsKey = (project: Project) => [...projectKey(project.id), "groups"];

interface GroupsProps {
  project: Project;
  groups: Group[];
  members: Member[];
  may: boolean;
}

/** Groups that are given work together, and skills that some work needs. */
export function Groups({ project, groups, members, may }: GroupsProps) {
  const { t } = useTranslation("members");
  const [open, setOpen] = useState<Group | "new" | null>(null);
  const [gone, setGone] = useState<Group | null>(null);
  return (
    <section aria-labelledby="groups">
      <div className="row g6">
        <h2 id="groups">{t("groups.title")}</h2>
        <span className="sp" />
        {may && (
          <Button size="s" icon="plus" onClick={() => setOpen("new")}>
            {t("groups.new")}
          </Button>
        )}
      </div>
      {groups.length === 0 && <p className="sm t2">{t("groups.empty")}</p>}
      <ul style={{ listStyle: "none" }}>
        {groups.map((group) => (
          <li key={group.id} className="row g6" style={{ height: 34, borderBottom: "1px solid var(--lw-line)" }}>
            <Icon name={group.kind === "skill" ? "star" : "people"} size="s" />
            <span className="m">{group.name}</span>
            <Chip small tone="line">
              {t(`groups.${group.kind}`)}
            </Chip>
            <span className="sm t2">{t("groups.people", { count: group.members.length })}</span>
            <span className="sp" />
            {may && (
              <>
                <IconButton
                  icon="edit"
                  label={t("groups.editOne", { name: group.name })}
                  onClick={() => setOpen(group)}
                />
                <IconButton
                  icon="trash"
                  label={t("groups.deleteOne", { name: group.name })}
                  onClick={() => setGone(group)}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      {open && (
        <GroupDialog
          project={project}
          group={open === "new" ? null : open}
          members={members}
          onClose={() => setOpen(null)}
        />
      )}
      {gone && <DeleteGroup project={project} group={gone} onClose={() => setGone(null)} />}
    </section>
  );
}

function useRefresh(project: Project) {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: groupsKey(project) });
    void queries.invalidateQueries({ queryKey: [...projectKey(project.id), "members"] });
  };
}

function DeleteGroup({ project, group, onClose }: { project: Project; group: Group; onClose: () => void }) {
  const { t } = useTranslation("members");
  const refresh = useRefresh(project);
  const remove = useMutation({
    mutationFn: () => api.delete(`/projects/${project.id}/groups/${group.id}`),
    onSettled: () => {
      refresh();
      onClose();
    },
  });
  return (
    <ConfirmDialog
      opened
      title={t("groups.deleteTitle", { name: group.name })}
      confirm={t("groups.delete")}
      keep={t("groups.keep")}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t("groups.deleteLead")}
    </ConfirmDialog>
  );
}

function GroupDialog(props: { project: Project; group: Group | null; members: Member[]; onClose: () => void }) {
  const { project, group, members, onClose } = props;
  const { t } = useTranslation("members");
  const refresh = useRefresh(project);
  const [name, setName] = useState(group?.name ?? "");
  const [kind, setKind] = useState<Group["kind"]>(group?.kind ?? "group");
  const [people, setPeople] = useState<string[]>((group?.members ?? []).map(String));
  const save = useMutation({
    mutationFn: () => {
      const ids = people.map(Number);
      return group
        ? api.patch<Group>(`/projects/${project.id}/groups/${group.id}`, { name, members: ids })
        : api.post<Group>(`/projects/${project.id}/groups`, { name, kind, members: ids });
    },
    onSuccess: (saved) => {
      showToast({ tone: "ok", title: t("groups.saved", { name: saved.name }) });
      onClose();
    },
    onSettled: refresh,
  });
  function onSubmit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  return (
    <Dialog opened title={group ? t("groups.editOne", { name: group.name }) : t("groups.new")} onClose={onClose}>
      <form onSubmit={onSubmit} className="col" style={{ gap: 12 }}>
        <TextInput
          label={t("groups.name")}
          required
          maxLength={100}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {!group && (
          <Select
            label={t("groups.kind")}
            description={t(kind === "skill" ? "groups.skillHelp" : "groups.groupHelp")}
            allowDeselect={false}
            value={kind}
            data={(["group", "skill"] as const).map((value) => ({ value, label: t(`groups.${value}`) }))}
            onChange={(value) => setKind(value as Group["kind"])}
          />
        )}
        <MultiSelect
          label={t("groups.members")}
          searchable
          value={people}
          data={members.map((one) => ({ value: String(one.id), label: one.name || one.email }))}
          onChange={setPeople}
        />
        <DialogButtons>
          <Button onClick={onClose} keys="Esc">
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={save.isPending} disabled={name.trim() === ""}>
            {t("common:saveChanges")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
