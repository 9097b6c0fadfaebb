import { useTranslation } from "react-i18next";
import { useFormat } from "@/ui";
import type { Agreement } from ".";
import { useFigure } from "./Figure";
import { Heat, type HeatHead } from "./Heat";
import { Head } from "./Lists";
import { useShown } from "./useShown";

/** Each person against each other. */
export function Matrix({ agreement }: { agreement: Agreement }) {
  const { t } = useTranslation("quality");
  const { show } = useShown();
  const format = useFormat();
  const told = useFigure();
  const heads: HeatHead[] = agreement.people.flatMap(({ person }) =>
    person.id === null ? [] : { key: String(person.id), name: person.name },
  );
  const pairs = new Map(agreement.pairs.map((pair) => [`${pair.a},${pair.b}`, pair]));
  return (
    <section>
      <Head title={t("matrix.title")} table="pairs" />
      <Heat
        label={t("matrix.title")}
        corner=""
        heads={heads}
        cell={(row, column) => {
          const [a, b] = [Number(row.key), Number(column.key)].sort((x, y) => x - y);
          const pair = row.key === column.key ? undefined : pairs.get(`${a},${b}`);
          if (!pair) return null;
          const { agreement: figure } = pair;
          return {
            text: told.value(figure),
            label: t("matrix.cell", {
              a: row.name,
              b: column.name,
              value: told.value(figure),
              why: told.why(figure),
              tasks: format.number(figure.n_items),
            }),
            strength: figure.value ?? 0,
            onOpen: () => show({ people: `${pair.a},${pair.b}` }),
          };
        }}
      />
    </section>
  );
}
