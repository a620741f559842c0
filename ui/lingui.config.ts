import { defineConfig } from "@lingui/cli";
import { formatter } from "@lingui/format-po";

/** One catalogue per folder, so that the words of a screen stand beside it. The message id is the English sentence. */
export default defineConfig({
  locales: ["en", "zh"],
  sourceLocale: "en",
  fallbackLocales: false,
  orderBy: "messageId",
  format: formatter({ lineNumbers: false, origins: false }),
  catalogs: [
    { path: "<rootDir>/src/screens/{name}/locale/{locale}", include: ["<rootDir>/src/screens/{name}/"] },
    {
      path: "<rootDir>/src/locale/{locale}",
      include: ["<rootDir>/src"],
      exclude: ["**/screens/**", "**/*.test.*", "**/test/**"],
    },
  ],
});
