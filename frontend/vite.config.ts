import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const backend = process.env.LABELWRIGHT_BACKEND ?? "http://127.0.0.1:8080";

export default defineConfig(({ command }) => ({
  // The web server answers every page with index.html and keeps the built files under /static/.
  base: command === "build" ? "/static/" : "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { outDir: "dist", emptyOutDir: true, sourcemap: false, target: "es2022", chunkSizeWarningLimit: 700 },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(["/api", "/media", "/admin"].map((path) => [path, { target: backend }])),
  },
}));
