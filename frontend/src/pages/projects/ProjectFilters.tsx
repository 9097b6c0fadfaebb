import { Menu, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "@/api/client";
import type { Listed, Schemas } from "@/api/types";
import { useMay, useOrganisation } from "@/app/organisation";
import { Button, Icon, Kbd, Seg, useKey } from "@/ui";

const STATES = ["draft", "active", "paused", "done", "archived"] as const;
const SORTS = ["-updated", "name", "-created", "created"] as const;
const VIEW_KEY = "labelwright-projects-view";
type View = "cards" | "list";

/** Filters live in the address, so that a view can be sent to somebody. */
export function useProjectFilters() {
  const [params, setParams] = useSearchParams();
  const get = (name: string) => params.get(name) ?? "";
  // Typing stays here and goes into the address when the hand rests: a navigation on every letter loses some.
  const [typed, setTyped] = useState(get("search"));
  const [search] = useDebouncedValue(typed, 180);
  function set(name: string, value: string) {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  }
  const latestSet = useRef(set);
  latestSet.current = set;
  useEffect(() => latestSet.current("search", search), [search]);
  const kept: View = localStorage.getItem(VIEW_KEY) === "list" ? "list" : "cards";
  const view: View = get("view") === "list" || get("view") === "cards" ? (get("view") as View) : kept;
  return {
    typed,
    type: setTyped,
    state: get("state"),
    person: get("person"),
    sort: get("sort") || "-updated",
    query: { search, state: get("state"), person: get("person"), sort: get("sort") },
    active: Boolean(search || get("state") || get("person")),
    view,
    set,
    setView: (next: View) => {
      localStorage.setItem(VIEW_KEY, next);
      set("view", next);
    },
    clear: () => {
      setTyped("");
      setParams({}, { replace: true });
    },
    showArchived: () => set("state", "archived"),
  };
}

type Filters = ReturnType<typeof useProjectFilters>;

export function ProjectFilters({ typed, type, state, person, sort, view, set, setView }: Filters) {
  const { t } = useTranslation("projects");
  const input = useRef<HTMLInputElement>(null);
  useKey("/", () => input.current?.focus());
  return (
    <search className="project-filters">
      <TextInput
        ref={input}
        aria-label={t("search")}
        placeholder={t("search")}
        leftSection={<Icon name="search" size="s" />}
        rightSection={<Kbd>/</Kbd>}
        value={typed}
        onChange={(event) => type(event.currentTarget.value)}
        style={{ width: 240 }}
      />
      <Choice label={state ? t(`common:projectState.${state}`) : t("anyState")}>
        <Option on={!state} onClick={() => set("state", "")} label={t("anyState")} />
        {STATES.map((one) => (
          <Option
            key={one}
            on={state === one}
            onClick={() => set("state", one)}
            label={t(`common:projectState.${one}`)}
          />
        ))}
      </Choice>
      <PersonChoice person={person} onChange={(value) => set("person", value)} />
      <span className="sp" />
      <Choice label={t("sortBy", { by: t(`sort.${sort}`) })}>
        {SORTS.map((one) => (
          <Option
            key={one}
            on={sort === one}
            onClick={() => set("sort", one === "-updated" ? "" : one)}
            label={t(`sort.${one}`)}
          />
        ))}
      </Choice>
      <Seg
        label={t("view.label")}
        value={view}
        onChange={setView}
        options={[
          { value: "cards", name: t("view.cards"), label: <Icon name="grid" size="s" /> },
          { value: "list", name: t("view.list"), label: <Icon name="list" size="s" /> },
        ]}
      />
    </search>
  );
}

function PersonChoice({ person, onChange }: { person: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("projects");
  const organisation = useOrganisation();
  const maySee = useMay("members.view");
  const { data } = useQuery({
    queryKey: ["members", organisation?.id],
    queryFn: () =>
      api.get<Listed<Schemas["MemberOut"]>>(`/organisations/${organisation?.id}/members`, { query: { limit: 500 } }),
    enabled: maySee,
  });
  const members = data?.results.filter((member) => member.state === "active") ?? [];
  if (members.length < 2) return null;
  const chosen = members.find((member) => String(member.id) === person);
  return (
    <Choice label={chosen ? chosen.name || chosen.email : t("anyPerson")}>
      <Option on={!chosen} onClick={() => onChange("")} label={t("anyPerson")} />
      {members.map((member) => (
        <Option
          key={member.id}
          on={chosen === member}
          onClick={() => onChange(String(member.id))}
          label={member.name || member.email}
        />
      ))}
    </Choice>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Menu position="bottom-start" width={200}>
      <Menu.Target>
        <Button kind="quiet" size="s" after={<Icon name="chevron-down" size="x" />}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown style={{ maxHeight: 360, overflowY: "auto" }}>{children}</Menu.Dropdown>
    </Menu>
  );
}

function Option({ on, onClick, label }: { on: boolean; onClick: () => void; label: string }) {
  return (
    <Menu.Item onClick={onClick} rightSection={on ? <Icon name="check" size="s" /> : null}>
      {label}
    </Menu.Item>
  );
}
