import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui";
import type { Template } from "./template";

interface JointRowsProps {
  template: Template | null;
  permanent: readonly string[];
  chosen: number | null;
  readOnly: boolean;
  onChoose: (joint: number) => void;
  onRename: (joint: number, name: string) => void;
  onRemove: (joint: number) => void;
}

/** The joints by number: their names, and for each pair which is its counterpart. */
export function JointRows({ template, permanent, chosen, readOnly, onChoose, onRename, onRemove }: JointRowsProps) {
  const { t } = useTranslation("schema");
  if (!template) return <p className="sm t3">{t("skeleton.none")}</p>;
  const { joints } = template;
  const partner = (joint: number) => {
    const pair = template.mirror?.find((one) => one.includes(joint));
    const other = pair && (pair[0] === joint ? pair[1] : pair[0]);
    return other === undefined ? null : joints[other];
  };
  return (
    <ol className="joint-rows" aria-label={t("skeleton.joints")}>
      {joints.map((name, joint) => {
        const kept = permanent.includes(name);
        const again = joints.indexOf(name) !== joint;
        const other = partner(joint);
        return (
          // A joint is its place in the list: its name changes as one types.
          <li key={joint} className={`row g6 ${joint === chosen ? "on" : ""}`}>
            <span className="t3 sm n">{joint + 1}</span>
            <TextInput
              size="xs"
              style={{ flex: 1, minWidth: 70 }}
              aria-label={t("skeleton.nameOf", { number: joint + 1 })}
              title={kept ? t("permanent") : undefined}
              readOnly={kept || readOnly}
              variant={kept ? "unstyled" : "default"}
              maxLength={120}
              value={name}
              error={again ? t("skeleton.again") : name.trim() ? undefined : t("skeleton.nameMissing")}
              onFocus={() => onChoose(joint)}
              onChange={(event) => onRename(joint, event.currentTarget.value)}
            />
            {other && (
              <span className="xs t3 el" style={{ maxWidth: 84 }} title={t("skeleton.mirrors", { name: other })}>
                ↔ {other}
              </span>
            )}
            {!kept && !readOnly && (
              <IconButton
                icon="trash"
                size="s"
                label={t("skeleton.remove", { name })}
                onClick={() => onRemove(joint)}
              />
            )}
          </li>
        );
      })}
    </ol>
  );
}
