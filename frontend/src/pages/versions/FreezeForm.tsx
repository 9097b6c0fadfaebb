import { Checkbox, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, DialogButtons, ErrorState, showToast } from "@/ui";
import { Plan } from "./Plan";
import { sharesOf, type Version, versionsKey } from "./splits";

type Splits = NonNullable<Schemas["VersionIn"]["splits"]>;

/** Name, notes and splits of a new version, with what freezing now would give below. */
export function FreezeForm({ project, onDone }: { project: Project; onDone: (version?: Version) => void }) {
  const { t } = useTranslation("versions");
  const queries = useQueryClient();
  const [said, setSaid] = useState({ name: "", notes: "", tags: [] as string[] });
  const [splits, setSplits] = useState<Splits | null>(null);
  const asked = { splits };
  const plan = useQuery({
    queryKey: [...versionsKey(project.id), "plan", asked],
    meta: { ownError: true },
    queryFn: () => api.post<Schemas["VersionPlan"]>(`/projects/${project.id}/versions/plan`, asked),
    retry: false,
    placeholderData: (before) => before,
  });
  const freeze = useMutation({
    meta: { ownError: true },
    mutationFn: () => api.post<Version>(`/projects/${project.id}/versions`, { ...said, splits }),
    onSuccess: async (version) => {
      showToast({ tone: "ok", title: t("frozenNow", { number: version.number }) });
      await queries.invalidateQueries({ queryKey: versionsKey(project.id) });
      onDone(version);
    },
  });
  return (
    <form
      className="col"
      style={{ gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        freeze.mutate();
      }}
    >
      <p className="sm t2">{t("freezeLead")}</p>
      <div className="ve-two">
        <TextInput
          label={t("name")}
          value={said.name}
          maxLength={200}
          data-autofocus
          onChange={(event) => setSaid({ ...said, name: event.currentTarget.value })}
        />
        <TagsInput
          label={t("tags")}
          value={said.tags}
          maxTags={20}
          onChange={(tags) => setSaid({ ...said, tags: tags.map((tag) => tag.slice(0, 40)) })}
        />
      </div>
      <Textarea
        label={t("notes")}
        value={said.notes}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={20_000}
        onChange={(event) => setSaid({ ...said, notes: event.currentTarget.value })}
      />
      <SplitFields onChange={setSplits} />
      {plan.data && <Plan plan={plan.data} splits={splits} />}
      {plan.isError && <ErrorState inline error={plan.error} />}
      {freeze.isError && <ErrorState inline error={freeze.error} />}
      <DialogButtons>
        <Button keys="Esc" onClick={() => onDone()}>
          {t("common:cancel")}
        </Button>
        <Button kind="primary" type="submit" busy={freeze.isPending} disabled={plan.isError}>
          {t("freeze")}
        </Button>
      </DialogButtons>
    </form>
  );
}

interface Wanted {
  on: boolean;
  val: number;
  test: number;
  by: string;
  key: string;
  any: boolean;
  keep: boolean;
}

function splitsOf({ on, val, test, by, key, any, keep }: Wanted): Splits | null {
  if (!on || val + test > 99) return null;
  const stratify = by !== "metadata" ? by : key.trim() ? `metadata.${key.trim()}` : "";
  return { shares: sharesOf("train", { val, test }), stratify, test_takes_any: any, keep };
}

function SplitFields({ onChange }: { onChange: (splits: Splits | null) => void }) {
  const { t } = useTranslation("versions");
  const [wanted, setWanted] = useState<Wanted>({
    on: false,
    val: 10,
    test: 10,
    by: "",
    key: "",
    any: false,
    keep: true,
  });
  const set = (change: Partial<Wanted>) => {
    const next = { ...wanted, ...change };
    setWanted(next);
    onChange(splitsOf(next));
  };
  return (
    <>
      <Checkbox label={t("split")} checked={wanted.on} onChange={(event) => set({ on: event.currentTarget.checked })} />
      {wanted.on && (
        <>
          <div className="ve-shares">
            {(["val", "test"] as const).map((name) => (
              <NumberInput
                key={name}
                label={t("shareOf", { name })}
                suffix=" %"
                value={wanted[name]}
                min={0}
                max={name === "val" ? 99 - wanted.test : 99 - wanted.val}
                allowDecimal={false}
                clampBehavior="strict"
                onChange={(value) => set({ [name]: Number(value) || 0 })}
              />
            ))}
            <Select
              style={{ width: 220 }}
              label={t("stratify")}
              value={wanted.by}
              allowDeselect={false}
              onChange={(by) => set({ by: by ?? "" })}
              data={["", "class", "origin", "metadata"].map((value) => ({
                value,
                label: t(`strata.${value || "hash"}`),
              }))}
            />
            {wanted.by === "metadata" && (
              <TextInput
                style={{ width: 150 }}
                label={t("metadataKey")}
                value={wanted.key}
                maxLength={100}
                onChange={(event) => set({ key: event.currentTarget.value })}
              />
            )}
          </div>
          <Switch
            label={t("testAny")}
            description={t("testAnyHelp")}
            checked={wanted.any}
            onChange={(event) => set({ any: event.currentTarget.checked })}
          />
          <Switch
            label={t("keep")}
            description={t("keepHelp")}
            checked={wanted.keep}
            onChange={(event) => set({ keep: event.currentTarget.checked })}
          />
        </>
      )}
    </>
  );
}
