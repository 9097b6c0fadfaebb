import { useMantineColorScheme } from "@mantine/core";
import { useEffect } from "react";
import type { Me } from "@/api/me";
import { setLanguage } from "./i18n";

/** Theme and language follow the person to every device. */
export function usePersonalSettings(me: Me | null) {
  const { setColorScheme } = useMantineColorScheme();
  const theme = me?.theme;
  const language = me?.language;
  useEffect(() => {
    if (theme) setColorScheme(theme);
  }, [theme, setColorScheme]);
  useEffect(() => {
    if (language) void setLanguage(language);
  }, [language]);
}
