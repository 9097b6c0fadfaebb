import { useTranslation } from "react-i18next";
import { Button, DropZone, Icon, useFormat } from "@/ui";
import { ANNOTATION_FILES } from "./imports";

/** One file of annotations, dropped or chosen. */
export function FileField({ file, onTake }: { file: File | null; onTake: (file: File | null) => void }) {
  const { t } = useTranslation("exchange");
  const format = useFormat();
  return (
    <div className="col file" style={{ gap: 4 }}>
      <span className="sm m">{t("file")}</span>
      <span className="xs t3">{t("fileHelp")}</span>
      <DropZone
        label={t("chooseFile")}
        accept={ANNOTATION_FILES}
        onDrop={(transfer) => onTake(transfer.files[0] ?? null)}
        onPick={(picked) => onTake(picked?.[0] ?? null)}
      >
        <Icon name="upload" size="l" />
        <span className="t2 sm">{file ? `${file.name}, ${format.bytes(file.size)}` : t("chooseFile")}</span>
      </DropZone>
      {file && (
        <div>
          <Button size="s" kind="quiet" icon="close" onClick={() => onTake(null)}>
            {t("otherFile")}
          </Button>
        </div>
      )}
    </div>
  );
}
