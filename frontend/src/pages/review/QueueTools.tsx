import { Menu, Popover, Select } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMembers, useProjectQuery } from "@/app/project";
import { useClasses } from "@/app/schema";
import { Button, Icon, IconButton } from "@/ui";
import { FILTERS, filtersOf, HANDED_OUT, ORDERS, type QueueView, REASONS } from "./queueView";

interface QueueToolsProps {
  projectId: number;
  view: QueueView;
  onView: (change: Partial<QueueView>) => void;
}

type Choices = Record<(typeof FILTERS)[number], { value: string; label: string }[]>;

/** What each filter offers. */
function useChoices(projectId: number): Choices {
  const { t } = useTranslation("review");
  const project = useProjectQuery(projectId).data;
  const classes = useClasses(projectId);
  const members = useMembers(projectId, project?.actions.includes("members.view") ?? false);
  return {
    annotator: members.map(({ id, name, email }) => ({ value: String(id), label: name || email })),
    class_id: [...classes.values()].map(({ id, title, name }) => ({ value: String(id), label: title || name })),
    why: REASONS.map((value) => ({ value, label: t(`queue.reason.${value}`) })),
  };
}

/** The order of the queue and what of it is shown. */
export function QueueTools({ projectId, view, onView }: QueueToolsProps) {
  const { t } = useTranslation("review");
  const choices = useChoices(projectId);
  return (
    <>
      <Menu position="bottom-start" width={200} checkIcon={<Icon name="check" size="s" />} alignItemsLabels="all">
        <Menu.Target>
          <button
            type="button"
            className="btn q s lw-queue-order"
            aria-label={t("queue.orderNow", { order: t(`queue.orders.${view.order}`) })}
          >
            <span className="el">{t(`queue.orders.${view.order}`)}</span>
            <Icon name="chevron-down" size="x" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.RadioGroup value={view.order} onChange={(order) => onView({ order: order as QueueView["order"] })}>
            {ORDERS.map((order) => (
              <Menu.RadioItem key={order} value={order} closeMenuOnClick>
                {t(`queue.orders.${order}`)}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
      <QueueFilter choices={choices} view={view} onView={onView} />
    </>
  );
}

interface FilterProps extends Omit<QueueToolsProps, "projectId"> {
  choices: Choices;
}

function QueueFilter({ choices, view, onView }: FilterProps) {
  const { t } = useTranslation("review");
  const [open, setOpen] = useState(false);
  const active = filtersOf(view).length;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" width={240} trapFocus returnFocus>
      <Popover.Target>
        <IconButton
          icon="filter"
          size="s"
          on={active > 0}
          label={active > 0 ? t("queue.filtered", { count: active }) : t("queue.filter")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
      </Popover.Target>
      <Popover.Dropdown aria-label={t("queue.filter")}>
        <div className="col" style={{ gap: 10 }}>
          {FILTERS.map((name) => (
            <Select
              key={name}
              label={t(`queue.by.${name}`)}
              placeholder={t("queue.any")}
              searchable={name !== "why"}
              clearable
              disabled={choices[name].length === 0}
              data={choices[name]}
              value={view[name] === null ? null : String(view[name])}
              onChange={(value) => onView({ [name]: name === "why" ? value : Number(value) || null })}
              comboboxProps={{ withinPortal: false }}
            />
          ))}
          <div className="row">
            <Button
              kind="quiet"
              size="s"
              disabled={active === 0}
              onClick={() => onView({ ...HANDED_OUT, order: view.order })}
            >
              {t("queue.clear")}
            </Button>
            <span className="sp" />
            <Button size="s" onClick={() => setOpen(false)}>
              {t("common:close")}
            </Button>
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The filters in force, each with its way out. */
export function QueueFilters({ projectId, view, onView }: QueueToolsProps) {
  const { t } = useTranslation("review");
  const choices = useChoices(projectId);
  const active = filtersOf(view);
  if (active.length === 0) return null;
  return (
    <div className="lw-queue-filters">
      {active.map((name) => {
        const label = choices[name].find(({ value }) => value === String(view[name]))?.label ?? String(view[name]);
        return (
          <span key={name} className="fchip" title={`${t(`queue.by.${name}`)}: ${label}`}>
            <b className="el">{label}</b>
            <button
              type="button"
              aria-label={t("queue.without", { name: `${t(`queue.by.${name}`)}: ${label}` })}
              onClick={() => onView({ [name]: null })}
            >
              <Icon name="close" size="x" />
            </button>
          </span>
        );
      })}
    </div>
  );
}
