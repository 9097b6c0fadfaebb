import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/types";
import { useFindingWords } from "@/app/findingWords";
import { Chip, Swatch, useFormat } from "@/ui";
import { RegionPicture } from "../regions/RegionPicture";
import "../regions/regions.css";
import type { FindingRow } from "./useFindings";

interface ItemProps {
  row: FindingRow;
  found: Schemas["Class"] | undefined;
  chosen: boolean;
  /** Missing where nothing can be decided any more. */
  onToggle?: () => void;
}

/** One finding: where it is, what it says, whose work it is, and what was decided. Opens in place. */
export function FindingItem({ row, found, chosen, onToggle }: ItemProps) {
  const { t } = useTranslation("findings");
  const words = useFindingWords();
  const { ago } = useFormat();
  const name = words.name(row.rule);
  const tone = row.blocks || row.severity === "error" ? "bad" : row.severity === "warning" ? "warn" : "neutral";
  return (
    <li className={`fd-item ${chosen ? "sel" : ""}`}>
      {onToggle ? (
        <Checkbox
          size="xs"
          aria-label={t("list.choose", { name, number: row.task_number })}
          checked={chosen}
          onChange={onToggle}
        />
      ) : (
        <span />
      )}
      <Link to={row.web_url} className="fd-open">
        <span className="rg-pic fd-pic">
          <RegionPicture crop={row.crop} window={row.window} bounds={row.bounds} color={found?.color ?? "#fff"} />
        </span>
        <span className="fd-text">
          <span className="row g6">
            <span className="m">{name}</span>
            <Chip tone={tone} small>
              {words.level(row)}
            </Chip>
            {found && (
              <span className="row g4 sm t2">
                <Swatch color={found.color} />
                {found.title || found.name}
              </span>
            )}
          </span>
          <span className="sm t2">{words.detail(row)}</span>
          {row.decided_by && (
            <span className="sm">
              {t("list.acceptedBy", { name: row.decided_by.name })}
              {row.reason && <span className="t2"> “{row.reason}”</span>}
            </span>
          )}
        </span>
      </Link>
      <span className="fd-meta sm t3">
        <span className="el">{t("list.task", { number: row.task_number, name: row.task_name })}</span>
        <span className="el">{[row.person?.name, ago(row.updated_at)].filter(Boolean).join(" · ")}</span>
      </span>
    </li>
  );
}
