import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from "@mantine/core";
import { i18n } from "../i18n";

const indigo: MantineColorsTuple = [
  "#eceefd",
  "#d6d9fa",
  "#b3b8f5",
  "#a5abff",
  "#7d84e8",
  "#6067dc",
  "#4f56d1",
  "#4349c4",
  "#383da8",
  "#2c308a",
];
const dark: MantineColorsTuple = [
  "#e8eaee",
  "#c3c9d2",
  "#a3abb8",
  "#6b7280",
  "#444954",
  "#2a2d33",
  "#1f2125",
  "#17181b",
  "#101113",
  "#0c0d0f",
];

/** Read where the provider is made, which is anew for each language. */
const close = () => ({ "aria-label": i18n.t("Close") });

/** What is closed is gone at once: while it fades, the keys of the screen behind it would be lost. */
const transitionProps = { exitDuration: 0 };

/** Mantine dressed in our tokens: quiet greys, one accent, small radii, dense controls. */
export const theme = createTheme({
  fontFamily: "var(--t-font)",
  fontFamilyMonospace: "var(--t-mono)",
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  // red is ours, and readable in the dark; what stands on the accent is dark in the dark theme: autoContrast knows only the light one
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    if (input.variant === "filled" && input.color === "red")
      return {
        ...colors,
        background: "var(--t-bad-ink)",
        hover: "color-mix(in srgb, var(--t-bad-ink) 88%, var(--t-text))",
        color: "var(--t-bg)",
      };
    const isAccent = input.variant === "filled" && (!input.color || input.color === "indigo");
    return isAccent ? { ...colors, color: "var(--mantine-primary-color-contrast)" } : colors;
  },
  colors: { indigo, dark },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "20px" }, h2: { fontSize: "16px" }, h3: { fontSize: "14px" } },
  },
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", allowDeselect: false } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: "md",
        transitionProps,
        get closeButtonProps() {
          return close();
        },
      },
    },
    Drawer: {
      defaultProps: {
        transitionProps,
        get closeButtonProps() {
          return close();
        },
      },
    },
    Notification: {
      defaultProps: {
        get closeButtonProps() {
          return close();
        },
      },
    },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});
