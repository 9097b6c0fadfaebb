import { useTranslation } from "react-i18next";
import { Button, Dialog, DialogButtons } from "@/ui";

/** Nothing is drawn: that an image is empty is said, never guessed. */
export function EmptyAsk({ opened, onEmpty, onClose }: { opened: boolean; onEmpty: () => void; onClose: () => void }) {
  const { t } = useTranslation("label");
  return (
    <Dialog opened={opened} title={t("emptyAsk.title")} onClose={onClose}>
      <p className="t2 sm">{t("emptyAsk.detail")}</p>
      <DialogButtons>
        <Button keys="Esc" onClick={onClose}>
          {t("emptyAsk.back")}
        </Button>
        <Button kind="primary" onClick={onEmpty} data-autofocus>
          {t("emptyAsk.yes")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
