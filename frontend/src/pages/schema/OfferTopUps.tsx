import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, useFormat } from "@/ui";
import { nameOf, type SchemaBody } from "./draft";

type Change = Schemas["SchemaChange"];

/** Changes that regions of accepted work lack the answer to. */
export const askable = (changes: Change[]) =>
  changes.filter(
    (one) =>
      one.touches_work &&
      one.class_id &&
      one.attribute &&
      (one.regions ?? 0) > 0 &&
      /^attribute_(added|required)$/.test(one.kind),
  );

interface OfferProps {
  project: number;
  changes: Change[];
  body: SchemaBody;
  onClose: () => void;
}

/** A new required attribute was published: its regions can be asked at once. */
export function OfferTopUps({ project, changes, body, onClose }: OfferProps) {
  const { t } = useTranslation("schema");
  const format = useFormat();
  const navigate = useNavigate();
  return (
    <Dialog opened title={t("split.title")} onClose={onClose} width={480}>
      <p className="sm t2">{t("split.lead")}</p>
      <ul className="col" style={{ gap: 6, marginTop: 12 }}>
        {changes.map((one) => {
          const found = body.classes.find(({ id }) => id === one.class_id);
          const asked = found?.attributes?.find(({ name }) => name === one.attribute);
          return (
            <li key={`${one.class_id} ${one.attribute}`} className="row g6">
              <span className="m el">{found ? nameOf(found) : one.class_id}</span>
              <span className="sm t2 nw">
                {t("regionCount", { count: one.regions ?? 0, number: format.number(one.regions ?? 0) })}
              </span>
              <span className="sp" />
              <Button
                size="s"
                kind="primary"
                onClick={() =>
                  void navigate(
                    `/projects/${project}/top-ups?class=${one.class_id}&attribute=${encodeURIComponent(one.attribute ?? "")}`,
                  )
                }
              >
                {t("split.ask", { name: asked?.title || one.attribute })}
              </Button>
            </li>
          );
        })}
      </ul>
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("split.later")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
