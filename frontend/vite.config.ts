import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const backend = process.env.LABELWRIGHT_BACKEND ?? "http://127.0.0.1:8080";

const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

/** Compressed copies beside each text: the web server sends it as it lies, with no work a request. */
const compressed: Plugin = {
  name: "compressed-copies",
  apply: "build",
  closeBundle() {
    const dist = fileURLToPath(new URL("./dist", import.meta.url));
    for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }))
      if (/\.(js|css|svg)$/.test(name)) {
        const text = readFileSync(`${dist}/${name}`);
        writeFileSync(`${dist}/${name}.gz`, gzipSync(text, { level: 9 }));
        writeFileSync(`${dist}/${name}.br`, brotliCompressSync(text, BROTLI));
      } else if (name.endsWith(".wasm")) {
        // Brotli at its best would take half a minute of each build for 14 MB that few pages need.
        writeFileSync(`${dist}/${name}.gz`, gzipSync(readFileSync(`${dist}/${name}`), { level: 9 }));
      }
  },
};

/** The style of the kit stands before that of the pages, whose own rules win over it. */
const baseFirst: Plugin = {
  name: "base-style-first",
  apply: "build",
  transformIndexHtml: {
    order: "post",
    handler(html) {
      const base = /\s*<link rel="stylesheet"[^>]*\/base-[^>]*>/.exec(html)?.[0];
      if (!base) throw new Error("index.html has no style of the kit.");
      return html.replace(base, "").replace(/\s*<link rel="(modulepreload|stylesheet)"/, (first) => base + first);
    },
  },
};

/** The name of a file without its ending and without the names of all that share it. */
const plain = (name: string) => name.replace(/\.\w+$/, "").replace(/~.*$/, "");

export default defineConfig(({ command }) => ({
  // The web server answers every page with index.html and keeps the built files under /static/.
  base: command === "build" ? "/static/" : "/",
  plugins: [react(), compressed, baseFirst],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    sourcemap: false,
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Files of what is shared may need each other in a circle: a module still runs before what uses it. Costs 8 % of bytes.
        strictExecutionOrder: true,
        chunkFileNames: ({ name }) => `assets/${plain(name)}-[hash].js`,
        assetFileNames: ({ names }) => `assets/${plain(names[0] ?? "")}-[hash][extname]`,
        codeSplitting: {
          groups: [
            { name: "base", test: /@mantine.+styles\.css$|src\/(app\/(tokens|mantine)|ui\/kit)\.css$/, priority: 1 },
            // Libraries need nothing of ours, and what is common nothing of the pages.
            { name: "libraries", test: /node_modules\//, minShareCount: 2, priority: 3 },
            { name: "common", test: /src\/(api|app|ui)\/.*\.tsx?$/, minShareCount: 2, priority: 2 },
            // Six requests at a time over a slow line: of fifty small files each waits for its turn, not for its bytes.
            {
              name: "shared",
              test: /\.(m?js|tsx?)$/,
              minShareCount: 2,
              entriesAware: true,
              entriesAwareMergeThreshold: 60_000,
            },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(["/api", "/media", "/admin"].map((path) => [path, { target: backend }])),
  },
}));
