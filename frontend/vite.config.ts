import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const backend = process.env.LABELWRIGHT_BACKEND ?? "http://127.0.0.1:8080";

/** A compressed copy beside each text: the web server sends it as it lies, with no work a request. */
const compressed: Plugin = {
  name: "compressed-copies",
  apply: "build",
  closeBundle() {
    const dist = fileURLToPath(new URL("./dist", import.meta.url));
    for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }))
      if (/\.(js|css|svg)$/.test(name))
        writeFileSync(`${dist}/${name}.gz`, gzipSync(readFileSync(`${dist}/${name}`), { level: 9 }));
  },
};

export default defineConfig(({ command }) => ({
  // The web server answers every page with index.html and keeps the built files under /static/.
  base: command === "build" ? "/static/" : "/",
  plugins: [react(), compressed],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    sourcemap: false,
    target: "es2022",
    chunkSizeWarningLimit: 700,
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(["/api", "/media", "/admin"].map((path) => [path, { target: backend }])),
  },
}));
