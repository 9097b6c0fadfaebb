import { Checkbox, NumberInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Schemas } from "@/api/types";
import type { Project } from "@/app/project";
import { Button, ErrorState, useFormat } from "@/ui";

const FLIPS = ["horizontal", "vertical"] as const;
/** In percent on the page, as shares on the server; the number is the largest percent. */
const SHARES = { scale: 50, crop: 90, brightness: 90, contrast: 90, saturation: 100, noise: 50 } as const;
const START: Recipe = { copies: 2, seed: 0, flip: ["horizontal"] };

/** What copies an export makes of the training items, as the server takes it. */
export interface Recipe {
  copies: number;
  seed: number;
  flip: string[];
  rotate?: number;
  quarter_turns?: boolean;
  shares?: Partial<Record<keyof typeof SHARES, number>>;
}

/** The recipe as `augment` of an export. */
export function augmentOf({ shares, ...rest }: Recipe): Record<string, unknown> {
  const parts = Object.entries(shares ?? {}).map(([name, percent]) => [name, percent / 100]);
  return { ...rest, ...Object.fromEntries(parts) };
}

interface Props {
  project: Project;
  /** The items that the export is asked for, as the server takes them. */
  which: { version: number | null; filter: unknown };
  value: Recipe | null;
  onChange: (value: Recipe | null) => void;
}

export function AugmentFields({ project, which, value, onChange }: Props) {
  const { t } = useTranslation("exchange");
  return (
    <>
      <Checkbox
        label={t("augment.copies")}
        description={t("augment.help")}
        checked={value !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? START : null)}
      />
      {value !== null && <Fields value={value} onChange={onChange} />}
      {value !== null && <Examples project={project} which={which} recipe={value} />}
    </>
  );
}

function Fields({ value, onChange }: { value: Recipe; onChange: (value: Recipe) => void }) {
  const { t } = useTranslation("exchange");
  const number = (label: string, now: number | undefined, max: number, set: (next: number) => Recipe, min = 0) => (
    <NumberInput
      key={label}
      size="xs"
      label={t(`augment.${label}`)}
      value={now ?? 0}
      min={min}
      max={max}
      allowDecimal={false}
      clampBehavior="strict"
      onChange={(next) => onChange(set(Number(next) || min))}
    />
  );
  return (
    <div className="recipe">
      {number("number", value.copies, 20, (copies) => ({ ...value, copies }), 1)}
      {number("seed", value.seed, 1_000_000, (seed) => ({ ...value, seed }))}
      {number("rotate", value.rotate, 180, (rotate) => ({ ...value, rotate }))}
      {Object.entries(SHARES).map(([name, max]) =>
        number(name, value.shares?.[name as keyof typeof SHARES], max, (share) => ({
          ...value,
          shares: { ...value.shares, [name]: share },
        })),
      )}
      {FLIPS.map((flip) => (
        <Checkbox
          key={flip}
          label={t(`augment.${flip}`)}
          checked={value.flip.includes(flip)}
          onChange={(event) =>
            onChange({
              ...value,
              flip: event.currentTarget.checked ? [...value.flip, flip] : value.flip.filter((other) => other !== flip),
            })
          }
        />
      ))}
      <Checkbox
        label={t("augment.quarterTurns")}
        checked={value.quarter_turns ?? false}
        onChange={(event) => onChange({ ...value, quarter_turns: event.currentTarget.checked })}
      />
    </div>
  );
}

/** A few copies as the export would make them, with their regions. */
function Examples({ project, which, recipe }: { project: Project; which: Props["which"]; recipe: Recipe }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  const ask = useMutation({
    meta: { ownError: true },
    mutationFn: () =>
      api.post<Schemas["ExampleCopies"]>(`/projects/${project.id}/exports/copies`, {
        augment: augmentOf(recipe),
        ...which,
      }),
  });
  return (
    <div>
      <Button size="s" icon="eye" busy={ask.isPending} onClick={() => ask.mutate()}>
        {t("augment.show")}
      </Button>
      {ask.isError && <ErrorState inline error={ask.error} />}
      {ask.data && (
        <ul className="copies" aria-label={t("augment.examples")}>
          {ask.data.results.map((copy) => (
            <li key={copy.name}>
              <img src={copy.picture} alt={copy.name} />
              <span className="xs t3">
                {t("augment.example", {
                  name: copy.name,
                  width: format.number(copy.width),
                  height: format.number(copy.height),
                  regions: format.number(copy.regions),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
