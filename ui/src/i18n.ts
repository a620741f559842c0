/**
 * Words in two languages. Write `i18n.t("Acknowledge")` or `i18n.t("{n, plural, one {# alert} other {# alerts}}", { n })`:
 * the English sentence is the id. The whole tree is keyed by the language, so nothing has to listen for a change.
 */
import { i18n, type Messages } from "@lingui/core";
import dayjs from "dayjs";
import zhCn from "dayjs/locale/zh-cn";
import { setWell } from "./spacing";

export { i18n };
export type Language = "en" | "zh";
export const LANGUAGES: Record<Language, string> = { en: "English", zh: "中文" };

const catalogues: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import("./locale/en"),
  zh: () => import("./locale/zh"),
};

const plain = i18n.t;
i18n.t = ((id: string, values?: Record<string, unknown>, options?: object) =>
  values && i18n.locale === "zh"
    ? setWell((marked) => plain(id, marked, options), values)
    : plain(id, values, options)) as typeof plain;

// What is to come is "8 小时后"; the stock words say "within 8 hours".
dayjs.locale({ ...zhCn, relativeTime: { ...zhCn.relativeTime, future: "%s后" } }, undefined, true);

/** The browser's language, else English. */
export function firstLanguage(): Language {
  return navigator.languages.some((one) => one.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

export async function speak(language: Language): Promise<void> {
  const { messages } = await catalogues[language]();
  i18n.loadAndActivate({ locale: language, messages });
  dayjs.locale(language === "zh" ? "zh-cn" : "en");
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}
