import { Checkbox, Menu, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { Button, Dialog, DialogButtons, Icon, showToast } from "@/ui";
import { COLUMNS, type Column, filterOf, taskFilter, type View } from "./filters";

type Kept = Schemas["SavedViewOut"];

interface SavedViewsProps {
  project: number;
  view: View;
  onView: (view: Partial<View>) => void;
  mayShare: boolean;
}

const viewOf = (kept: Kept): Partial<View> => ({
  filter: filterOf(kept.filter),
  sort: kept.sort as View["sort"],
  layout: kept.layout,
  columns: kept.columns.filter((name): name is Column => (COLUMNS as readonly string[]).includes(name)),
});

/** Views that were kept under a name: one's own, and those that the team shares. */
export function SavedViews({ project, view, onView, mayShare }: SavedViewsProps) {
  const { t } = useTranslation("data");
  const queries = useQueryClient();
  const key = ["project", project, "views"];
  const [asking, setAsking] = useState(false);
  const { data } = useQuery({
    queryKey: key,
    queryFn: () => api.get<Listed<Kept>>(`/projects/${project}/views`, { query: { limit: 500 } }),
    staleTime: 60_000,
  });
  const again = () => queries.invalidateQueries({ queryKey: key });
  const body = (name: string, shared: boolean) => ({
    name,
    shared,
    filter: taskFilter(view.filter),
    sort: view.sort,
    layout: view.layout,
    columns: view.columns,
  });
  const change = useMutation({
    mutationFn: (kept: Kept) => api.put<Kept>(`/views/${kept.id}`, body(kept.name, kept.shared)),
    onSuccess: (kept) => {
      void again();
      showToast({ tone: "ok", title: t("views.changed", { name: kept.name }) });
    },
  });
  const remove = useMutation({
    mutationFn: (kept: Kept) => api.delete(`/views/${kept.id}`),
    onSuccess: (_, kept) => {
      void again();
      const { name, shared, filter, sort, layout, columns } = kept;
      const back = () =>
        api.post(`/projects/${project}/views`, { name, shared, filter, sort, layout, columns }).then(again);
      showToast({
        tone: "ok",
        title: t("views.deleted", { name }),
        action: { label: t("common:undo"), run: () => void back(), undo: true },
      });
    },
  });
  const all = data?.results ?? [];
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button kind="quiet" size="s" after={<Icon name="chevron-down" size="x" />}>
            {t("views.title")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(["own", "shared"] as const).map((kind) => (
            <Listing
              key={kind}
              title={t(`views.${kind}`)}
              views={all.filter((one) => one.shared === (kind === "shared"))}
              onOpen={(kept) => onView(viewOf(kept))}
            />
          ))}
          {all.length === 0 && <Menu.Label>{t("views.none")}</Menu.Label>}
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="plus" size="s" />} onClick={() => setAsking(true)}>
            {t("views.keep")}
          </Menu.Item>
          <Mine title={t("views.replace")} icon="check" views={all} onChoose={(kept) => change.mutate(kept)} />
          <Mine title={t("views.delete")} icon="trash" views={all} onChoose={(kept) => remove.mutate(kept)} />
        </Menu.Dropdown>
      </Menu>
      {asking && (
        <KeepDialog
          mayShare={mayShare}
          onClose={() => setAsking(false)}
          onKeep={async (name, shared) => {
            await api.post(`/projects/${project}/views`, body(name, shared));
            await again();
            showToast({ tone: "ok", title: t("views.kept", { name }) });
          }}
        />
      )}
    </>
  );
}

function Listing({ title, views, onOpen }: { title: string; views: Kept[]; onOpen: (kept: Kept) => void }) {
  if (views.length === 0) return null;
  return (
    <>
      <Menu.Label>{title}</Menu.Label>
      {views.map((kept) => (
        <Menu.Item key={kept.id} onClick={() => onOpen(kept)}>
          {kept.name}
        </Menu.Item>
      ))}
    </>
  );
}

interface MineProps {
  title: string;
  icon: "check" | "trash";
  views: Kept[];
  onChoose: (kept: Kept) => void;
}

/** A submenu of the views that the person may change. */
function Mine({ title, icon, views, onChoose }: MineProps) {
  const mine = views.filter((kept) => kept.mine);
  if (mine.length === 0) return null;
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<Icon name={icon} size="s" />}>{title}</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        {mine.map((kept) => (
          <Menu.Item key={kept.id} onClick={() => onChoose(kept)}>
            {kept.name}
          </Menu.Item>
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

interface KeepDialogProps {
  mayShare: boolean;
  onKeep: (name: string, shared: boolean) => Promise<void>;
  onClose: () => void;
}

function KeepDialog({ mayShare, onKeep, onClose }: KeepDialogProps) {
  const { t } = useTranslation("data");
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const keep = useMutation({ mutationFn: () => onKeep(name.trim(), shared), onSuccess: onClose });
  return (
    <Dialog opened title={t("views.keep")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) keep.mutate();
        }}
      >
        <TextInput
          label={t("views.name")}
          data-autofocus
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {mayShare && (
          <Checkbox
            mt="sm"
            label={t("views.share")}
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
        )}
        <DialogButtons>
          <Button keys="Esc" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button kind="primary" type="submit" busy={keep.isPending} disabled={!name.trim()}>
            {t("views.keep")}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
