import { Select, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, useFormat } from "@/ui";
import type { Change, Named } from "./useChange";

interface DialogProps {
  project: number;
  classes: Map<number, Schemas["Class"]>;
  named: Named;
  change: Change;
  busy: boolean;
  onRun: (change: Change) => void;
  onClose: () => void;
}

/** What will be changed is counted before anything is; then one button. */
export function ChangeDialog({ project, classes, named, change, busy, onRun, onClose }: DialogProps) {
  const { t } = useTranslation("regions");
  const [made, setMade] = useState<Change>(change);
  const ready =
    made.action === "set_class"
      ? made.class_id != null
      : made.action === "set_attribute"
        ? Boolean(made.attribute)
        : true;
  return (
    <Dialog
      opened
      title={t(`bulk.ask.${change.action}`, { flag: change.flag && t(`flag.${change.flag}`) })}
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) onRun(made);
        }}
      >
        {made.action === "set_class" && (
          <Select
            label={t("filter.class_id")}
            data-autofocus
            searchable
            data={[...classes.values()]
              .filter((one) => !one.archived)
              .map((one) => ({ value: String(one.id), label: one.title || one.name }))}
            value={made.class_id == null ? null : String(made.class_id)}
            onChange={(id) => setMade({ ...made, class_id: id ? Number(id) : null })}
          />
        )}
        {made.action === "set_attribute" && <AttributeFields classes={classes} made={made} onChange={setMade} />}
        {ready && <Counted project={project} change={{ ...made, ...named }} />}
        <p className="sm t3" style={{ marginTop: 8 }}>
          {t("bulk.undoHelp")}
        </p>
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button
            kind={made.action === "delete" ? "danger" : "primary"}
            type="submit"
            busy={busy}
            disabled={!ready}
            data-autofocus={made.action !== "set_class" && made.action !== "set_attribute" ? true : undefined}
          >
            {t(`bulk.${made.action}`)}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function Counted({ project, change }: { project: number; change: Schemas["RegionChange"] }) {
  const { t } = useTranslation("regions");
  const format = useFormat();
  const { data, isError } = useQuery({
    queryKey: ["project", project, "region-preview", change],
    queryFn: () => api.post<Schemas["RegionChangePreview"]>(`/projects/${project}/regions/bulk/preview`, change),
    staleTime: 0,
    gcTime: 0,
  });
  if (isError) return null;
  if (!data) return <p className="sm t3">{t("bulk.counting")}</p>;
  return (
    <div className="sm rg-counted" aria-live="polite">
      <p>
        {t(data.more ? "bulk.previewMore" : "bulk.preview", {
          count: data.regions,
          regions: format.number(data.regions),
          tasks: format.number(data.tasks),
        })}
      </p>
      {data.not_done > 0 && <p className="t2">{t("bulk.notDone", { count: data.not_done })}</p>}
    </div>
  );
}

interface AttributeProps {
  classes: Map<number, Schemas["Class"]>;
  made: Change;
  onChange: (change: Change) => void;
}

/** An attribute of any class, and its value in the way it is asked. */
function AttributeFields({ classes, made, onChange }: AttributeProps) {
  const { t } = useTranslation("regions");
  const known = new Map(
    [...classes.values()].flatMap((one) => (one.attributes ?? []).map((attribute) => [attribute.name, attribute])),
  );
  const chosen = made.attribute ? known.get(made.attribute) : undefined;
  const set = (value: unknown) => onChange({ ...made, value });
  return (
    <div className="col g6">
      <Select
        label={t("filter.attribute")}
        data-autofocus
        searchable
        data={[...known.values()].map(({ name, title }) => ({ value: name, label: title || name }))}
        value={made.attribute ?? null}
        onChange={(attribute) => onChange({ ...made, attribute, value: null })}
      />
      {chosen?.kind === "boolean" && (
        <Switch
          label={t("bulk.value")}
          checked={made.value === true}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      )}
      {chosen?.kind === "select" && (
        <Select
          label={t("bulk.value")}
          clearable
          data={chosen.options ?? []}
          value={typeof made.value === "string" ? made.value : null}
          onChange={set}
        />
      )}
      {chosen && chosen.kind !== "boolean" && chosen.kind !== "select" && (
        <TextInput
          label={t("bulk.value")}
          description={chosen.kind === "multiselect" ? t("bulk.severalHelp") : undefined}
          onChange={(event) => set(answerOf(chosen.kind, event.currentTarget.value))}
        />
      )}
      {chosen && <p className="xs t3">{t("bulk.emptyHelp")}</p>}
    </div>
  );
}

function answerOf(kind: string, text: string): unknown {
  if (text.trim() === "") return null;
  if (kind === "number") return Number(text);
  if (kind === "multiselect")
    return text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean);
  return text;
}
