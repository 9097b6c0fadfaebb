import { useTranslation } from "react-i18next";
import { Button, Dialog, DialogButtons } from "@/ui";
import { useFormat } from "@/ui/format";

interface Props {
  /** Labelled share of the image, 0 to 1; null: nothing is asked. */
  share: number | null;
  onShow: () => void;
  onSubmit: () => void;
  onClose: () => void;
}

/** The project asks for a class a pixel, and some pixels have none. */
export function GapsAsk({ share, onShow, onSubmit, onClose }: Props) {
  const { t } = useTranslation("label");
  const format = useFormat();
  return (
    <Dialog opened={share !== null} title={t("gapsAsk.title")} onClose={onClose}>
      <p className="t2 sm">{t("gapsAsk.detail", { share: format.percent(1 - (share ?? 1)) })}</p>
      <DialogButtons>
        <Button onClick={onSubmit}>{t("gapsAsk.submit")}</Button>
        <Button kind="primary" onClick={onShow} data-autofocus>
          {t("gapsAsk.show")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
