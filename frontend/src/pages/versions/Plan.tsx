import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { useFormat } from "@/ui";
import { colourOf } from "./splits";

/** What freezing now would give: items a split against what is wanted, and what the test split cannot take. */
export function Plan({
  plan,
  splits,
}: {
  plan: Schemas["VersionPlan"];
  splits: Schemas["VersionIn"]["splits"] | null;
}) {
  const { t } = useTranslation("versions");
  const format = useFormat();
  const names = plan.splits.map((one) => one.name);
  return (
    <section className="ve-plan" aria-label={t("plan")}>
      <p className="m">{t("planned", { items: format.number(plan.items), regions: format.number(plan.regions) })}</p>
      {splits && (
        <>
          <Shares parts={plan.splits.map((one) => ({ name: one.name, items: one.items }))} names={names} />
          <div className="row" style={{ gap: 16, flexWrap: "wrap" }}>
            {plan.splits.map((one) => (
              <span key={one.name} className="ve-key sm">
                <i style={{ background: colourOf(names, one.name) }} />
                {one.name} <b>{format.number(one.items)}</b>
                <span className="t3">
                  {t("ofWanted", {
                    share: format.percent(plan.items ? one.items / plan.items : 0),
                    wanted: format.percent(one.share),
                  })}
                </span>
              </span>
            ))}
          </div>
        </>
      )}
      {splits && "test" in splits.shares && !splits.test_takes_any && plan.unreviewed + plan.unreal > 0 && (
        <p className="sm t2">
          {t("notForTest", { unreviewed: format.number(plan.unreviewed), unreal: format.number(plan.unreal) })}
        </p>
      )}
      {plan.held_back > 0 && <p className="sm warn">{t("heldBack", { count: plan.held_back })}</p>}
      {plan.leaving > 0 && <p className="sm warn">{t("leaving", { count: plan.leaving })}</p>}
    </section>
  );
}

/** A bar of parts, one colour a split. */
export function Shares({ parts, names }: { parts: { name: string; items: number }[]; names: string[] }) {
  const all = parts.reduce((sum, one) => sum + one.items, 0);
  return (
    <span className="ve-bar" aria-hidden="true">
      {parts.map(
        (one) =>
          one.items > 0 && (
            <i key={one.name} style={{ width: `${(one.items / all) * 100}%`, background: colourOf(names, one.name) }} />
          ),
      )}
    </span>
  );
}
