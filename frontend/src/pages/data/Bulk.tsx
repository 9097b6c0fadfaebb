import { Menu, NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import { useEvent } from "@/api/events";
import type { Schemas } from "@/api/types";
import { bulkOutcome, useBulkUndo } from "@/app/bulk";
import { BulkBar, Button, Dialog, DialogButtons, Icon, IconButton, showToast, useFormat, useKey } from "@/ui";
import { type Filter, taskFilter } from "./filters";
import { SendBackFields } from "./SendBackFields";
import type { Selection } from "./selection";

type BulkIn = Partial<Schemas["BulkTasksIn"]> & { action: Schemas["BulkTasksIn"]["action"] };
type BulkOut = Schemas["BulkTasksOut"];
export type Which = Pick<BulkIn, "ids" | "filter">;
type Asking = "assign" | "priority" | "send_back" | "batch" | null;

/** Sends one action for many tasks and offers the way back, at once or when the job is done that it became. */
export function useBulk(project: number, onDone: () => void) {
  const { t } = useTranslation("data");
  const queries = useQueryClient();
  const undo = useBulkUndo(project);
  const running = useRef(new Map<number, BulkIn["action"]>());
  function say(action: BulkIn["action"], done: Pick<BulkOut, "changed" | "skipped" | "undo">) {
    showToast({
      tone: done.changed > 0 ? "ok" : "warn",
      title: t(`bulk.did.${action}`, { count: done.changed }),
      detail: done.skipped > 0 ? t("bulk.skipped", { count: done.skipped }) : undefined,
      action:
        done.undo.length > 0 ? { label: t("common:undo"), run: () => undo.mutate(done.undo), undo: true } : undefined,
    });
  }
  useEvent("job.changed", (data) => {
    const { job } = data as { job: Schemas["JobOut"] };
    const action = running.current.get(job.id);
    const done = action && bulkOutcome(job);
    if (!done) return;
    running.current.delete(job.id);
    say(action, done);
  });
  return useMutation({
    mutationFn: (change: BulkIn) => api.post<BulkOut>(`/projects/${project}/tasks/bulk`, change),
    onSuccess: (done, { action }) => {
      onDone();
      void queries.invalidateQueries({ queryKey: ["project", project] });
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      if (!done.job) return say(action, done);
      running.current.set(done.job.id, action);
      showToast({ tone: "ok", title: t("bulk.job", { count: done.matched }) });
    },
  });
}

interface BulkProps {
  project: number;
  filter: Filter;
  selection: Selection;
  count: number;
  total: number;
  more: boolean;
  members: Schemas["ProjectMemberOut"][];
  onSelectAll: () => void;
  onClear: () => void;
}

export function Bulk(props: BulkProps) {
  const { t } = useTranslation("data");
  const { count, filter, selection } = props;
  const [asking, setAsking] = useState<Asking>(null);
  const bulk = useBulk(props.project, () => {
    setAsking(null);
    props.onClear();
  });
  const which = selection.all ? { filter: taskFilter(filter) } : { ids: [...selection.ids] };
  const run = (change: BulkIn) => bulk.mutate({ ...change, ...which });
  return (
    <>
      <BulkBar count={count} onClear={props.onClear}>
        {!selection.all && count < props.total && <SelectAll {...props} />}
        {filter.trashed ? (
          <Button kind="quiet" icon="undo" busy={bulk.isPending} onClick={() => run({ action: "restore" })}>
            {t("bulk.restore")}
          </Button>
        ) : (
          <Verbs busy={bulk.isPending} ask={setAsking} run={run} />
        )}
      </BulkBar>
      <BulkDialog
        asking={asking}
        count={count}
        project={props.project}
        which={which}
        busy={bulk.isPending}
        members={props.members}
        run={run}
        onClose={() => setAsking(null)}
      />
    </>
  );
}

function SelectAll({ total, more, onSelectAll }: BulkProps) {
  const { t } = useTranslation("data");
  const format = useFormat();
  return (
    <>
      <Button kind="quiet" onClick={onSelectAll}>
        {t(more ? "bulk.allMore" : "bulk.all", { total: format.number(total) })}
      </Button>
      <span className="sep" />
    </>
  );
}

interface VerbsProps {
  busy: boolean;
  ask: (asking: Asking) => void;
  run: (change: BulkIn) => void;
}

function Verbs({ busy, ask, run }: VerbsProps) {
  const { t } = useTranslation("data");
  useKey("A", () => ask("assign"));
  useKey("P", () => ask("priority"));
  useKey("Delete", () => run({ action: "trash" }));
  return (
    <>
      <Button kind="quiet" icon="people" keys="A" disabled={busy} onClick={() => ask("assign")}>
        {t("bulk.assign")}
      </Button>
      <Button kind="quiet" icon="flag" keys="P" disabled={busy} onClick={() => ask("priority")}>
        {t("bulk.priority")}
      </Button>
      <Button kind="quiet" icon="undo" disabled={busy} onClick={() => ask("send_back")}>
        {t("bulk.send_back")}
      </Button>
      <Button kind="quiet" icon="trash" keys="Delete" disabled={busy} onClick={() => run({ action: "trash" })}>
        {t("bulk.trash")}
      </Button>
      <Menu position="top-end" width={200}>
        <Menu.Target>
          <IconButton icon="dots" label={t("common:more")} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="user" size="s" />} onClick={() => run({ action: "unassign" })}>
            {t("bulk.unassign")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="folder" size="s" />} onClick={() => ask("batch")}>
            {t("bulk.batch")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="archive" size="s" />} onClick={() => run({ action: "archive" })}>
            {t("bulk.archive")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="undo" size="s" />} onClick={() => run({ action: "unarchive" })}>
            {t("bulk.unarchive")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <span className="sep" />
    </>
  );
}

interface DialogProps {
  asking: Asking;
  count: number;
  project: number;
  which: Which;
  busy: boolean;
  members: Schemas["ProjectMemberOut"][];
  run: (change: BulkIn) => void;
  onClose: () => void;
}

const WORKERS = ["owner", "manager", "reviewer", "annotator"];

function BulkDialog({ asking, count, project, which, busy, members, run, onClose }: DialogProps) {
  const { t } = useTranslation("data");
  const [user, setUser] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [priority, setPriority] = useState<number | string>(10);
  if (!asking) return null;
  const ready = {
    assign: user !== null,
    priority: priority !== "",
    send_back: text.trim() !== "",
    batch: text.trim() !== "",
  }[asking];
  function go() {
    if (asking === "assign") run({ action: "assign", user: Number(user) });
    if (asking === "priority") run({ action: "priority", priority: Number(priority) });
    if (asking === "send_back") run({ action: "send_back", reason: text.trim() });
    if (asking === "batch") run({ action: "batch", batch: text.trim() });
  }
  return (
    <Dialog opened title={t(`bulk.ask.${asking}`, { count })} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) go();
        }}
      >
        {asking === "assign" && (
          <Select
            label={t("bulk.person")}
            description={t("bulk.personHelp")}
            data-autofocus
            searchable
            data={members
              .filter((one) => WORKERS.includes(one.role))
              .map((one) => ({ value: String(one.id), label: one.name || one.email }))}
            value={user}
            onChange={setUser}
          />
        )}
        {asking === "priority" && (
          <NumberInput
            label={t("bulk.priority")}
            description={t("bulk.priorityHelp")}
            data-autofocus
            min={-1000}
            max={1000}
            allowDecimal={false}
            value={priority}
            onChange={setPriority}
          />
        )}
        {asking === "send_back" && <SendBackFields project={project} which={which} reason={text} onReason={setText} />}
        {asking === "batch" && (
          <TextInput
            label={t("filter.batch")}
            data-autofocus
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={busy} disabled={!ready}>
            {t(`bulk.${asking}`)}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
