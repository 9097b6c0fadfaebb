import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { droppedFiles, inputFiles, type PickedFile } from "@/app/pickedFiles";
import { openKeySheet } from "@/app/shell/KeySheet";
import { useProjectFromFiles } from "@/app/useNewProject";
import { Avatar, Button, DropZone, EmptyState, Icon, type IconName, Kbd, LinkButton, Swatch } from "@/ui";

/** No project yet: drop a folder and be on its first image. */
export function FirstRun({ mayCreate, onFilters }: { mayCreate: boolean; onFilters: () => void }) {
  const { t } = useTranslation("projects");
  const start = useProjectFromFiles();
  const input = useRef<HTMLInputElement>(null);
  if (!mayCreate)
    return (
      <EmptyState
        icon="home"
        title={t("none.title")}
        action={<Button onClick={onFilters}>{t("none.archived")}</Button>}
      >
        {t("none.lead")}
      </EmptyState>
    );
  function take(files: PickedFile[]) {
    if (files.length > 0) start.mutate(files);
  }
  return (
    <div className="first-run">
      <h2>{t("first.title")}</h2>
      <p className="t2">{t("first.lead")}</p>
      <ol className="steps">
        <li className="step on">
          <div className="pic">
            <DropZone
              label={t("first.drop")}
              folder
              busy={start.isPending || start.isSuccess}
              onDrop={(transfer) => void droppedFiles(transfer).then(take)}
              onPick={(files) => take(inputFiles(files))}
            >
              <Icon name="upload" size="l" />
              <span className="t2">{start.isPending || start.isSuccess ? t("first.sending") : t("first.drop")}</span>
            </DropZone>
          </div>
          <StepText number={1} name="images" />
          <Button
            kind="primary"
            size="l"
            icon="upload"
            busy={start.isPending || start.isSuccess}
            onClick={() => input.current?.click()}
          >
            {t("first.images.button")}
          </Button>
          <input
            ref={input}
            type="file"
            multiple
            hidden
            accept="image/*"
            aria-label={t("first.images.button")}
            onChange={(event) => take(inputFiles(event.currentTarget.files))}
          />
        </li>
        <li className="step">
          <div className="pic">
            <ClassesPicture />
          </div>
          <StepText number={2} name="classes" />
          <LinkButton size="l" icon="tag" to="/projects/new">
            {t("first.classes.button")}
          </LinkButton>
        </li>
        <li className="step">
          <div className="pic">
            <PeoplePicture />
          </div>
          <StepText number={3} name="people" />
          <LinkButton size="l" icon="people" to="/organisation">
            {t("first.people.button")}
          </LinkButton>
        </li>
      </ol>
      <div className="row g12" style={{ marginTop: 36, paddingTop: 16, borderTop: "1px solid var(--lw-line)" }}>
        <span className="t2 sm">{t("first.archived")}</span>
        <Button kind="quiet" onClick={onFilters}>
          {t("none.archived")}
        </Button>
        <span className="sp" />
        <Button kind="quiet" icon="keyboard" keys="?" onClick={openKeySheet}>
          {t("first.keys")}
        </Button>
      </div>
    </div>
  );
}

function StepText({ number, name }: { number: number; name: "images" | "classes" | "people" }) {
  const { t } = useTranslation("projects");
  return (
    <>
      <div className="row" style={{ marginTop: 14 }}>
        <span className="no">{number}</span>
        <span className="b lg">{t(`first.${name}.title`)}</span>
      </div>
      <p className="t2">{t(`first.${name}.text`)}</p>
    </>
  );
}

const PICTURED: { key: string; color: string; icon: IconName }[] = [
  { key: "cup", color: "#ffa31f", icon: "box" },
  { key: "saucer", color: "#cc8514", icon: "polygon" },
  { key: "spoon", color: "#47f5ff", icon: "polygon" },
  { key: "spill", color: "#f53370", icon: "points" },
];

/** A drawing of a class list. */
function ClassesPicture() {
  const { t } = useTranslation("projects");
  return (
    <div className="mini" aria-hidden="true">
      {PICTURED.map(({ key, color, icon }, index) => (
        <div key={key} className="li">
          <Kbd>{String(index + 1)}</Kbd>
          <Swatch color={color} />
          <span>{t(`first.pictured.${key}`)}</span>
          <span className="sp" />
          <span className="t3 row">
            <Icon name={icon} size="s" />
          </span>
        </div>
      ))}
    </div>
  );
}

function PeoplePicture() {
  const { t } = useTranslation("common");
  const people = [
    ["annotator", 1],
    ["annotator", 2],
    ["reviewer", 1],
  ] as const;
  return (
    <div className="mini" aria-hidden="true" style={{ padding: "10px 12px", gap: 8 }}>
      {people.map(([role, number]) => (
        <div key={`${role}${number}`} className="row">
          <Avatar name={`${t(`role.${role}`)} ${number}`} />
          <span>
            {t(`role.${role}`)} {number}
          </span>
          <span className="sp" />
          <span className="t3 sm">{t(`role.${role}`)}</span>
        </div>
      ))}
    </div>
  );
}
