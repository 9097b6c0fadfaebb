import { Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { type Project, projectKey } from "@/app/project";
import { Button, Dialog, DialogButtons, ErrorState, Seg, Skeleton, showToast, useFormat } from "@/ui";
import type { Group } from "./Groups";

type Member = Schemas["ProjectMemberOut"];
type Absence = Schemas["AbsenceOut"];
type To = "queue" | "person" | "group";
const KINDS = ["assigned", "drafts", "rejected", "reviews"] as const;

interface AwayProps {
  project: Project;
  member: Member;
  members: Member[];
  groups: Group[];
  onClose: () => void;
}

/** Moves all open work of a person who is away, after saying what that is. What they did keeps their name. */
export function Away({ project, member, members, groups, onClose }: AwayProps) {
  const { t } = useTranslation("members");
  const queries = useQueryClient();
  const name = member.name || member.email;
  const [to, setTo] = useState<To>("queue");
  const [person, setPerson] = useState<string | null>(null);
  const [group, setGroup] = useState<string | null>(null);
  const [pause, setPause] = useState("");
  const target = {
    to_user: to === "person" && person ? Number(person) : null,
    to_group: to === "group" && group ? Number(group) : null,
  };
  const ready = to === "queue" || target.to_user !== null || target.to_group !== null;
  const url = `/projects/${project.id}/members/${member.id}/move-work`;
  const preview = useQuery({
    queryKey: [...projectKey(project.id), "move-work", member.id, target],
    queryFn: () => api.post<Absence>(`${url}/preview`, target),
    enabled: ready,
    gcTime: 0,
    meta: { ownError: true },
  });
  const move = useMutation({
    mutationFn: () => api.post<Absence>(url, { ...target, pause: pause.trim() }),
    onSuccess: (moved) => {
      const count = KINDS.reduce((sum, kind) => sum + moved[kind], 0);
      showToast({ tone: "ok", title: moved.job ? t("away.job") : t("away.moved", { count, name }) });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: projectKey(project.id) }),
  });
  return (
    <Dialog opened title={t("away.title", { name })} onClose={onClose} width={480}>
      <div className="col" style={{ gap: 12 }}>
        <Seg
          label={t("away.to")}
          value={to}
          onChange={setTo}
          options={(["queue", "person", "group"] as const).map((value) => ({ value, label: t(`away.${value}`) }))}
        />
        {to === "person" && (
          <Select
            label={t("away.whichPerson")}
            searchable
            value={person}
            data={members
              .filter((one) => one.id !== member.id && one.role !== "viewer")
              .map((one) => ({ value: String(one.id), label: one.name || one.email }))}
            onChange={setPerson}
          />
        )}
        {to === "group" && (
          <Select
            label={t("away.whichGroup")}
            description={groups.length === 0 ? t("groups.empty") : undefined}
            disabled={groups.length === 0}
            value={group}
            data={groups.map((one) => ({ value: String(one.id), label: one.name }))}
            onChange={setGroup}
          />
        )}
        {ready && preview.isError && <ErrorState error={preview.error} inline />}
        {ready && !preview.isError && (preview.data ? <What found={preview.data} /> : <Skeleton height={110} />)}
        <TextInput
          label={t("away.pause")}
          description={t("away.pauseHelp")}
          maxLength={500}
          value={pause}
          onChange={(event) => setPause(event.currentTarget.value)}
        />
        <p className="xs t2">{t("away.kept")}</p>
      </div>
      <DialogButtons>
        <Button onClick={onClose} keys="Esc">
          {t("common:cancel")}
        </Button>
        <Button kind="primary" busy={move.isPending} disabled={!ready || !preview.data} onClick={() => move.mutate()}>
          {t("away.button")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function What({ found }: { found: Absence }) {
  const { t } = useTranslation("members");
  const format = useFormat();
  const instead = Object.entries(found.instead);
  return (
    <div aria-live="polite">
      <table className="lw-table" aria-label={t("away.what")}>
        <tbody>
          {KINDS.map((kind) => (
            <tr key={kind}>
              <td>{t(`away.kinds.${kind}`)}</td>
              <td className="r">{format.number(found[kind])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {instead.map(([why, count]) => (
        <p key={why} className="sm warn" style={{ marginTop: 6 }}>
          {t(`away.instead.${why}`, { count })}
        </p>
      ))}
    </div>
  );
}
