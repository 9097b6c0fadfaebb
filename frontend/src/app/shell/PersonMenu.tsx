import { Menu, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { ME, type Me, useMe } from "@/api/me";
import { Avatar, Icon, IconButton, type IconName } from "@/ui";
import { openKeySheet } from "./KeySheet";

const THEMES: { value: Me["theme"]; icon: IconName }[] = [
  { value: "auto", icon: "settings" },
  { value: "light", icon: "sun" },
  { value: "dark", icon: "moon" },
];

export function PersonMenu() {
  const { t } = useTranslation("common");
  const me = useMe();
  const name = me.name || me.email;
  return (
    <div className="row g4" style={{ flex: "none" }}>
      <Menu position="top-start" width={220}>
        <Menu.Target>
          <button type="button" className="it" style={{ flex: 1, minWidth: 0 }}>
            <Avatar name={name} />
            <span className="vh">{t("nav.account")}</span>
            <span className="el">{name}</span>
          </button>
        </Menu.Target>
        <PersonMenuItems />
      </Menu>
      <IconButton icon="keyboard" size="s" label={t("nav.keys")} keys="?" onClick={openKeySheet} />
    </div>
  );
}

function PersonMenuItems() {
  const { t } = useTranslation("common");
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const theme = useMutation({
    mutationFn: (value: Me["theme"]) => api.patch<Me>("/auth/me", { theme: value }),
    onMutate: setColorScheme,
    onSuccess: (fresh) => queries.setQueryData(ME, fresh),
  });
  const signOut = useMutation({
    mutationFn: () => api.post("/auth/logout"),
    onSuccess: () => {
      queries.clear();
      location.assign("/");
    },
  });
  return (
    <Menu.Dropdown>
      <Menu.Label>{me.email}</Menu.Label>
      <Menu.Item leftSection={<Icon name="user" />} onClick={() => void navigate("/account")}>
        {t("nav.account")}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Label>{t("nav.theme")}</Menu.Label>
      {THEMES.map(({ value, icon }) => (
        <Menu.Item
          key={value}
          leftSection={<Icon name={icon} />}
          rightSection={me.theme === value ? <Icon name="check" size="s" /> : null}
          onClick={() => theme.mutate(value)}
        >
          {t(`theme.${value}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<Icon name="sign-out" />} onClick={() => signOut.mutate()}>
        {t("nav.signOut")}
      </Menu.Item>
    </Menu.Dropdown>
  );
}
