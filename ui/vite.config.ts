import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.TOCSIN_URL ?? "http://127.0.0.1:8080";

/** Few files whose names change only when their content does; nothing of the day or the machine goes in. */
export default defineConfig({
  plugins: [react(), lingui({ failOnMissing: true, failOnCompileError: true })],
  build: {
    outDir: "../src/tocsin/web/dist",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 700,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/api", "/login", "/logout", "/setup", "/static", "/plain", "/a/"].map((path) => [
        path,
        { target: server, ws: true },
      ]),
    ),
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/test/setup.ts"] },
});
