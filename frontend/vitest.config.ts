import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// A page costs each file a second before its first test: only what touches one has it.
const ON_A_PAGE = ["src/**/*.test.tsx", "src/{api,session,engine/input}/**/*.test.ts"];

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: {
    restoreMocks: true,
    testTimeout: 20_000, // ms: a busy machine is no failure
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "plain", environment: "node", include: ["src/**/*.test.ts"], exclude: ON_A_PAGE },
      },
      {
        extends: true,
        test: { name: "page", environment: "jsdom", include: ON_A_PAGE, setupFiles: ["src/testing/setup.ts"] },
      },
    ],
  },
});
