import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { Swatch } from "@/ui";
import { Figure } from "./Figure";

interface RightByClassProps {
  classes: Schemas["ClassAccuracy"][];
  target?: number | null;
}

/** What was right of each class, a line each. */
export function RightByClass({ classes, target }: RightByClassProps) {
  const { t } = useTranslation("gold");
  return classes.map((row) => (
    <div className="gd-class" key={row.class_id}>
      <span className="row g6 el">
        {row.color && <Swatch color={row.color} />}
        {row.class_id === 0 ? t("classes.item") : row.name || t("classes.gone", { id: row.class_id })}
      </span>
      <Figure figure={row.accuracy} target={target} />
      <span />
      <span className="t3">{t("classes.right", { correct: row.correct, things: row.things })}</span>
    </div>
  ));
}
