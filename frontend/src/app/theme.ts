import { type CSSVariablesResolver, createTheme, localStorageColorSchemeManager, Modal, Tooltip } from "@mantine/core";

const blue = [
  "#e8f0fe",
  "#cfdffc",
  "#a9c6f7",
  "#86b0f8",
  "#5f94ee",
  "#4a80e4",
  "#356fd8",
  "#2563cf",
  "#1f57bb",
  "#1a4691",
] as const;
const gray = [
  "#f5f5f5",
  "#ececec",
  "#e3e3e3",
  "#c6c6c6",
  "#919191",
  "#6b6b6b",
  "#505050",
  "#3a3a3a",
  "#2a2a2a",
  "#1c1c1c",
] as const;
const dark = [
  "#ededed",
  "#bababa",
  "#9c9c9c",
  "#757575",
  "#4a4a4a",
  "#333333",
  "#2a2a2a",
  "#212121",
  "#191919",
  "#171717",
] as const;

const field = { size: "sm" } as const;

export const theme = createTheme({
  colors: { blue, gray, dark },
  primaryColor: "blue",
  primaryShade: { light: 7, dark: 6 },
  black: "#1c1c1c",
  fontFamily: "Inter Variable, Inter, system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "15px", xl: "20px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "2px", sm: "4px", md: "6px", lg: "8px", xl: "12px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withArrow: false } }),
    Modal: Modal.extend({
      defaultProps: { radius: "lg", overlayProps: { backgroundOpacity: 0.4 }, transitionProps: { duration: 140 } },
    }),
    TextInput: { defaultProps: field },
    PasswordInput: { defaultProps: field },
    NumberInput: { defaultProps: field },
    Textarea: { defaultProps: field },
    Select: { defaultProps: field },
    MultiSelect: { defaultProps: field },
    Checkbox: { defaultProps: field },
    Switch: { defaultProps: field },
    // The placeholder of the first focus is a child that no menu may have.
    Menu: { defaultProps: { radius: "md", shadow: "md", withInitialFocusPlaceholder: false } },
    Popover: { defaultProps: { radius: "md", shadow: "md" } },
  },
});

const surfaces = {
  "--mantine-color-body": "var(--lw-raised)",
  "--mantine-color-text": "var(--lw-text)",
  "--mantine-color-dimmed": "var(--lw-text-3)",
  "--mantine-color-placeholder": "var(--lw-text-3)",
  "--mantine-color-default": "var(--lw-surface)",
  "--mantine-color-default-hover": "var(--lw-hover)",
  "--mantine-color-default-border": "var(--lw-line-control)",
  "--mantine-color-anchor": "var(--lw-accent-text)",
  "--mantine-color-error": "var(--lw-bad)",
  "--mantine-primary-color-filled": "var(--lw-accent)",
  "--mantine-primary-color-light": "var(--lw-accent-tint)",
};

/** Mantine's colours point at ours, in both themes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {
    "--mantine-shadow-sm": "var(--lw-shadow-sm)",
    "--mantine-shadow-md": "var(--lw-shadow-md)",
    "--mantine-shadow-lg": "var(--lw-shadow-lg)",
    "--mantine-shadow-xl": "var(--lw-shadow-lg)",
  },
  light: surfaces,
  dark: surfaces,
});

export const THEME_KEY = "labelwright-theme"; // also read by public/theme.js before first paint
export const colorSchemeManager = localStorageColorSchemeManager({ key: THEME_KEY });
