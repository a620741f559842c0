import { useEffect } from "react";
import { queries, refresh } from "../api/query";
import { sessionBegan, useSessionEnded } from "../api/session";
import { i18n } from "../i18n";
import css from "./Frame.module.css";

/**
 * The banner of a page that outlived its session, because somebody is writing in it. Whoever comes back to the page is
 * looked for: logged out in another tab they are led to the log-in, logged in again the banner goes.
 */
export function SessionBanner() {
  const hasEnded = useSessionEnded();
  useEffect(() => {
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      await queries.refetchQueries({ queryKey: ["/api/v1/me"] }, { throwOnError: true });
      if (!hasEnded) return;
      sessionBegan();
      refresh("/api/");
    };
    const onBack = () => void look().catch(() => undefined); // not yet: it is looked for again when one comes back
    document.addEventListener("visibilitychange", onBack);
    window.addEventListener("focus", onBack);
    return () => {
      document.removeEventListener("visibilitychange", onBack);
      window.removeEventListener("focus", onBack);
    };
  }, [hasEnded]);
  if (!hasEnded) return null;
  return (
    <div className={css.banner} role="alert">
      {i18n.t("You are logged out. Log in in another tab and come back: what you have typed is still here.")}{" "}
      <a href="/login" target="_blank" rel="noreferrer">
        {i18n.t("Log in")}
      </a>
    </div>
  );
}
