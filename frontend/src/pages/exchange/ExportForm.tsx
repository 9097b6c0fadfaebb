import { Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, ErrorState, useFormat } from "@/ui";
import { AugmentFields, augmentOf, type Recipe } from "./AugmentFields";
import { type Chosen, OptionFields } from "./OptionFields";
import { RegionOptions, type Regions } from "./RegionOptions";
import { type Target, TargetFields } from "./Target";

type Format = Schemas["FormatOut"];
const NOW = "now";
const ANY = "any";
const ORIGINS = ["real", "synthetic", "augmented", "derived"];

interface Splits {
  val: number;
  test: number;
  seed: number;
}

function sharesOf({ val, test, seed }: Splits) {
  const shares: Record<string, number> = { train: (100 - val - test) / 100, val: val / 100 };
  if (test > 0) shares.test = test / 100;
  return { shares, seed };
}

/** Asks for an export of what is done now, or of a frozen version. */
export function ExportForm({ project, formats }: { project: Project; formats: Format[] }) {
  const { t } = useTranslation("exchange");
  const queries = useQueryClient();
  const [search] = useSearchParams();
  const [name, setName] = useState("coco");
  const [version, setVersion] = useState(search.get("version") ?? NOW);
  const [images, setImages] = useState(true);
  const [options, setOptions] = useState<Chosen>({});
  const [allAnswers, setAllAnswers] = useState(false);
  const [split, setSplit] = useState(false);
  const [splits, setSplits] = useState<Splits>({ val: 20, test: 0, seed: 0 });
  const [which, setWhich] = useState<Which>({});
  const [regions, setRegions] = useState<Regions>({});
  const [recipe, setRecipe] = useState<Recipe | null>(null);
  const [target, setTarget] = useState<Target>({ storage: null, folder: "" });
  const chosen = formats.find((format) => format.name === name) ?? formats[0];
  const ask = useMutation({
    meta: { ownError: true },
    mutationFn: (preview: boolean) =>
      api.post<Schemas["ExportStarted"]>(`/projects/${project.id}/exports`, { ...body, preview }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project", project.id, "exports"] }),
  });
  if (!project.actions.includes("datasets.export")) return <p className="t2">{t("mayNotExport")}</p>;
  const items = { version: version === NOW ? null : Number(version), filter: version === NOW ? which : null };
  const body = {
    format: chosen?.name,
    ...items,
    ...target,
    options: {
      images,
      regions,
      ...options,
      ...(images && recipe ? { augment: augmentOf(recipe) } : {}),
      ...(chosen?.lossless && allAnswers ? { all_answers: true } : {}),
      ...(version === NOW && split ? { splits: sharesOf(splits) } : {}),
    },
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate(false);
      }}
    >
      <h2>{t("newExport")}</h2>
      <Select
        label={t("format")}
        value={chosen?.name ?? null}
        allowDeselect={false}
        data={formats.map((format) => ({ value: format.name, label: format.title }))}
        onChange={(value) => {
          setName(value ?? "coco");
          setOptions({});
        }}
        description={chosen && t("holds", { shapes: chosen.shapes.map((shape) => t(`shape.${shape}`)).join(", ") })}
      />
      <VersionSelect project={project} value={version} onChange={setVersion} />
      {version === NOW && <WhichItems value={which} onChange={setWhich} />}
      <OptionFields options={chosen?.options ?? []} value={options} onChange={setOptions} />
      <Checkbox label={t("withImages")} checked={images} onChange={(event) => setImages(event.currentTarget.checked)} />
      {chosen?.lossless && (
        <Checkbox
          label={t("allAnswers")}
          checked={allAnswers}
          onChange={(event) => setAllAnswers(event.currentTarget.checked)}
        />
      )}
      {version === NOW && (
        <Checkbox label={t("split")} checked={split} onChange={(event) => setSplit(event.currentTarget.checked)} />
      )}
      {version === NOW && split && <SplitFields value={splits} onChange={setSplits} />}
      <RegionOptions project={project} value={regions} onChange={setRegions} />
      {images && <AugmentFields project={project} which={items} value={recipe} onChange={setRecipe} />}
      <TargetFields project={project} value={target} onChange={setTarget} />
      <div className="do">
        {ask.isError && <ErrorState inline error={ask.error} />}
        <div className="row" style={{ gap: 8 }}>
          <Button kind="primary" type="submit" icon="upload" busy={ask.isPending}>
            {t("doExport")}
          </Button>
          <Button icon="search" disabled={ask.isPending} onClick={() => ask.mutate(true)}>
            {t("previewExport")}
          </Button>
        </div>
        <p className="xs t3">{t("exportNote")}</p>
      </div>
    </form>
  );
}

/** Which of the finished items; what is not set holds for all. */
interface Which {
  name?: string;
  origin?: string;
  accepted?: true;
}

function WhichItems({ value, onChange }: { value: Which; onChange: (value: Which) => void }) {
  const { t } = useTranslation("exchange");
  return (
    <>
      <TextInput
        label={t("prefix")}
        description={t("prefixHelp")}
        value={value.name ?? ""}
        onChange={(event) => onChange({ ...value, name: event.currentTarget.value || undefined })}
      />
      <Select
        label={t("origin")}
        value={value.origin ?? ANY}
        allowDeselect={false}
        data={[ANY, ...ORIGINS].map((one) => ({ value: one, label: t(`origins.${one}`) }))}
        onChange={(one) => onChange({ ...value, origin: one && one !== ANY ? one : undefined })}
      />
      <Checkbox
        label={t("onlyAccepted")}
        checked={value.accepted ?? false}
        onChange={(event) => onChange({ ...value, accepted: event.currentTarget.checked || undefined })}
      />
    </>
  );
}

function VersionSelect({
  project,
  value,
  onChange,
}: {
  project: Project;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const { data } = useQuery({
    queryKey: ["project", project.id, "versions"],
    queryFn: () => api.get<Listed<Schemas["VersionOut"]>>(`/projects/${project.id}/versions`),
  });
  const named = data?.results.filter((version) => version.state === "frozen") ?? [];
  return (
    <Select
      label={t("what")}
      value={value}
      allowDeselect={false}
      onChange={(next) => next && onChange(next)}
      data={[
        { value: NOW, label: t("doneNow") },
        ...named.map((version) => ({
          value: String(version.id),
          label: t("versionEntry", {
            number: version.number,
            name: version.name,
            items: format.number(version.item_count),
          }),
        })),
      ]}
    />
  );
}

function SplitFields({ value, onChange }: { value: Splits; onChange: (value: Splits) => void }) {
  const { t } = useTranslation("exchange");
  const number = (key: keyof Splits, max: number) => (
    <NumberInput
      key={key}
      label={t(`splits.${key}`)}
      value={value[key]}
      min={0}
      max={max}
      allowDecimal={false}
      clampBehavior="strict"
      onChange={(next) => onChange({ ...value, [key]: Number(next) || 0 })}
    />
  );
  return (
    <>
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr 1fr", gap: 8 }}>
        {number("val", 100 - value.test)}
        {number("test", 100 - value.val)}
        {number("seed", 1_000_000)}
      </div>
      <p className="xs t3">{t("splits.note", { train: 100 - value.val - value.test })}</p>
    </>
  );
}
