import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { makeQueryClient } from "@/api/query";
import { showError } from "@/ui/toasts";
import { colorSchemeManager, cssVariablesResolver, theme } from "./theme";

export function Providers({ children }: { children: ReactNode }) {
  const { t } = useTranslation("common");
  const [queries] = useState(() => makeQueryClient((error) => showError(error, t("error.failed"))));
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </MantineProvider>
  );
}
