import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useOwnWork } from "@/app/shell/counts";
import { Button, LinkButton, useKey } from "@/ui";

/** What the person was doing, one key away. Nothing when they hold no work. */
export function NextWork() {
  const { t } = useTranslation("projects");
  const navigate = useNavigate();
  const work = useOwnWork();
  const returned = work.filter((one) => one.returned).length;
  const next = work.find((one) => one.returned) ?? work[0];
  const open = () => next && void navigate(`/assignments/${next.id}`);
  useKey("N", open, next !== undefined);
  if (!next) return null;
  return (
    <div className="next-work">
      {next.thumb && <img src={next.thumb} alt="" crossOrigin="anonymous" />}
      <div style={{ minWidth: 0 }}>
        <div className="m el">{t("next.title", { name: next.project_name })}</div>
        <div className="sm t2">
          {t("next.yours", { count: work.length })}
          {returned > 0 && `, ${t("next.returned", { count: returned })}`}
        </div>
      </div>
      <span className="sp" />
      <LinkButton to="/work">{t("next.see")}</LinkButton>
      <Button kind="primary" icon="play" keys="N" onClick={open}>
        {t("next.open")}
      </Button>
    </div>
  );
}
