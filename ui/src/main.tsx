import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./design/tokens.css";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { follow } from "./api/live";
import { queries } from "./api/query";
import { watchTyping } from "./api/session";
import { theme } from "./design/theme";
import { i18n, speak } from "./i18n";
import { useLanguage } from "./language";
import { begin, languageNow, themeManager } from "./preferences";
import { readAhead, router } from "./router";

/** When the first screen has come and the way is free again. */
const AHEAD_MS = 10_000;

/** The server allows styles that carry this: Mantine's variables are one style element. */
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
Object.assign(globalThis, { __webpack_nonce__: nonce });

function Tocsin() {
  const language = useLanguage();
  return (
    <I18nProvider i18n={i18n} key={language}>
      <MantineProvider theme={theme} colorSchemeManager={themeManager} getStyleNonce={() => nonce}>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </MantineProvider>
    </I18nProvider>
  );
}

begin();
if (import.meta.env.PROD && "serviceWorker" in navigator) void navigator.serviceWorker.register("/sw.js");
follow();
watchTyping();
if (import.meta.env.PROD) setTimeout(() => void readAhead(), AHEAD_MS);
void speak(languageNow()).then(() => {
  const root = document.getElementById("root");
  if (root)
    createRoot(root).render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <Tocsin />
        </QueryClientProvider>
      </StrictMode>,
    );
});
