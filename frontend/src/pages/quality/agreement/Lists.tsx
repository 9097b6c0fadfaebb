import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useProject } from "@/app/project";
import { Avatar, CsvLink, Swatch, useFormat } from "@/ui";
import type { Agreement } from ".";
import { type FigureOf, Measure, useFigure } from "./Figure";
import { tableUrl, useShown } from "./useShown";

/** The whole: how much agrees, how closely, and out of how much. */
export function Answers({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const format = useFormat();
  const told = useFigure();
  const { show } = useShown();
  const project = useProject();
  const open = project.actions.includes("people_stats.view");
  const one = (title: string, figure: FigureOf) => (
    <div>
      <div className="xs t3">{title}</div>
      <div className="v">{told.value(figure)}</div>
      <div className="sm t2">{told.why(figure)}</div>
    </div>
  );
  return (
    <div className="answers">
      <div>
        <div className="xs t3">{t("agreement.title", { threshold: format.number(agreement.threshold, 1) })}</div>
        <div className="v">
          {open ? (
            <button type="button" onClick={() => show({})} className="lw-figure-link">
              {told.value(agreement.agreement)}
            </button>
          ) : (
            told.value(agreement.agreement)
          )}
        </div>
        <div className="sm t2">{told.why(agreement.agreement)}</div>
      </div>
      {one(t("soft.title"), agreement.soft)}
      {one(t("likeness.title"), agreement.likeness)}
      <div>
        <div className="xs t3">{t("compared.title")}</div>
        <div className="v">{format.number(agreement.tasks)}</div>
        <div className="sm t2">
          {agreement.waiting > 0
            ? t("compared.waiting", { count: agreement.waiting })
            : t("compared.empty", { count: agreement.empty_pairs })}
        </div>
      </div>
    </div>
  );
}

/** Head of a part of the page, with its table as CSV for who may have it. */
export function Head({ title, table, children }: { title: string; table?: string; children?: ReactNode }) {
  const { t } = useTranslation("quality");
  const project = useProject();
  return (
    <div className="hd">
      <h2>{title}</h2>
      <span className="sp" />
      {children}
      {table && project.actions.includes("people_stats.view") && (
        <CsvLink of={tableUrl(project.id, table)} name={title} label={t("csvOf", { table: title })} />
      )}
    </div>
  );
}

function useOpen() {
  const { show } = useShown();
  return useProject().actions.includes("people_stats.view") ? show : null;
}

export function Classes({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const show = useOpen();
  const worst = agreement.classes.toSorted((a, b) => (a.agreement.value ?? 2) - (b.agreement.value ?? 2));
  return (
    <section>
      <Head title={t("classes.title")} table="classes" />
      {worst.map((one) => (
        <Measure
          key={one.class_id}
          figure={one.agreement}
          label={one.name}
          name={
            <>
              <Swatch color={one.color} />
              <span className="el">{one.name}</span>
            </>
          }
          onOpen={show ? () => show({ subject: `class:${one.class_id}` }) : undefined}
        />
      ))}
      {worst.length === 0 && <p className="sm t2">{t("classes.none")}</p>}
    </section>
  );
}

export function Questions({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const show = useOpen();
  const told = useFigure();
  return (
    <section>
      <Head title={t("questions.title")} table="attributes" />
      {agreement.questions.map((one) => (
        <Measure
          key={one.question}
          figure={one.agreement}
          label={one.name}
          name={
            <span className="col" style={{ minWidth: 0 }}>
              <span className="el">{one.name}</span>
              {one.beyond_chance && (
                <span className="xs t3 el">
                  {one.beyond_chance.value === null
                    ? t("alpha.none", { why: told.why(one.beyond_chance) })
                    : t("alpha.value", { value: told.value(one.beyond_chance) })}
                </span>
              )}
            </span>
          }
          onOpen={show ? () => show({ question: one.question }) : undefined}
        />
      ))}
    </section>
  );
}

export function People({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const show = useOpen();
  return (
    <section>
      <Head title={t("people.title")} table="people">
        <span className="xs t3">{t("people.against")}</span>
      </Head>
      {agreement.people
        .toSorted((a, b) => (a.agreement.value ?? 2) - (b.agreement.value ?? 2))
        .map((one) => (
          <Measure
            key={one.person.id ?? one.person.name}
            figure={one.agreement}
            label={one.person.name}
            name={
              <>
                <Avatar name={one.person.name} />
                <span className="el">{one.person.name}</span>
              </>
            }
            onOpen={show && one.person.id !== null ? () => show({ people: String(one.person.id) }) : undefined}
          />
        ))}
    </section>
  );
}

export function Batches({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const show = useOpen();
  return (
    <section>
      <Head title={t("batches.title")} table="batches" />
      {agreement.batches.map((one) => (
        <Measure
          key={one.batch ?? 0}
          figure={one.agreement}
          label={one.name || t("batches.none")}
          name={<span className="el">{one.name || t("batches.none")}</span>}
          onOpen={show ? () => show({ batch: String(one.batch ?? 0) }) : undefined}
        />
      ))}
    </section>
  );
}
