import { Menu } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/types";
import { BulkBar, Button, Icon, useFormat } from "@/ui";
import { ChangeDialog } from "./ChangeDialog";
import { FLAGS } from "./filters";
import { type Change, type Named, useChange } from "./useChange";

export interface BulkProps {
  project: number;
  classes: Map<number, Schemas["Class"]>;
  /** What is chosen: named regions, or all that the filter finds. */
  named: Named;
  count: number;
  all: boolean;
  /** All that the filter finds; null while it is counted. */
  total: Schemas["RegionCount"] | null;
  onSelectAll: () => void;
  onClear: () => void;
}

/** What can be done to the chosen regions. */
export function Bulk({ project, classes, named, count, all, total, onSelectAll, onClear }: BulkProps) {
  const { t } = useTranslation("regions");
  const format = useFormat();
  const [asking, setAsking] = useState<Change | null>(null);
  const change = useChange(project, () => {
    setAsking(null);
    onClear();
  });
  const found = total?.count ?? 0;
  return (
    <>
      <BulkBar count={count} onClear={onClear}>
        {!all && count < found && (
          <Button kind="quiet" onClick={onSelectAll}>
            {t(total?.more ? "bulk.allMore" : "bulk.all", { total: format.number(found) })}
          </Button>
        )}
        <Button kind="quiet" icon="tag" keys="C" onClick={() => setAsking({ action: "set_class" })}>
          {t("bulk.set_class")}
        </Button>
        <Button kind="quiet" icon="list" onClick={() => setAsking({ action: "set_attribute" })}>
          {t("bulk.set_attribute")}
        </Button>
        <FlagMenu onChoose={(action, flag) => setAsking({ action, flag })} />
        <Button kind="quiet" icon="review" onClick={() => setAsking({ action: "send_to_review" })}>
          {t("bulk.send_to_review")}
        </Button>
        <Button kind="quiet" icon="trash" keys="Del" onClick={() => setAsking({ action: "delete" })}>
          {t("bulk.delete")}
        </Button>
      </BulkBar>
      {asking && (
        <ChangeDialog
          key={asking.action}
          project={project}
          classes={classes}
          named={named}
          change={asking}
          busy={change.isPending}
          onRun={(made) => change.mutate({ ...made, ...named })}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

function FlagMenu({ onChoose }: { onChoose: (action: "flag" | "unflag", flag: (typeof FLAGS)[number]) => void }) {
  const { t } = useTranslation("regions");
  return (
    <Menu position="top">
      <Menu.Target>
        <Button kind="quiet" icon="flag">
          {t("bulk.flag")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(["flag", "unflag"] as const).map((action) => [
          <Menu.Label key={action}>{t(`bulk.${action}`)}</Menu.Label>,
          ...FLAGS.map((flag) => (
            <Menu.Item
              key={`${action}.${flag}`}
              leftSection={<Icon name="flag" size="s" />}
              onClick={() => onChoose(action, flag)}
            >
              {t(`flag.${flag}`)}
            </Menu.Item>
          )),
        ])}
      </Menu.Dropdown>
    </Menu>
  );
}
