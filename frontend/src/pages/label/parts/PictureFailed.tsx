import { useTranslation } from "react-i18next";
import { Button } from "@/ui";

/** The picture is missing on the canvas: which one, what is safe, and one button. */
export function PictureFailed({ name, onRetry }: { name: string; onRetry: () => void }) {
  const { t } = useTranslation("label");
  return (
    <div className="glass lw-failed" role="alert">
      <span className="el">{t("picture.failed", { name })}</span>
      <Button size="s" onClick={onRetry}>
        {t("picture.retry")}
      </Button>
    </div>
  );
}
