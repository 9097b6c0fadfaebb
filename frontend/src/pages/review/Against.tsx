import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Comparison } from "./useComparison";

const BEFORE = "judged";

/** What the revision is compared with: the one judged before, any earlier one, or another person's answer. */
export function Against({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation("review");
  const { others, against, setAgainst } = comparison;
  if (others.length === 0) return null;
  const name = (one: (typeof others)[number]) =>
    one.kind === "answer" ? (one.author?.name ?? "") : `${t(`against.kind.${one.kind}`)} ${one.author?.name ?? ""}`;
  return (
    <div style={{ padding: "6px 12px" }}>
      <Select
        label={t("against.label")}
        size="xs"
        allowDeselect={false}
        data={[
          { value: BEFORE, label: t("against.judged") },
          ...others.map((one) => ({
            value: String(one.id),
            label: t("against.revision", { number: one.number, name: name(one) }),
          })),
        ]}
        value={against === null ? BEFORE : String(against)}
        onChange={(value) => setAgainst(value === null || value === BEFORE ? null : Number(value))}
      />
    </div>
  );
}
