import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: at("."),
  // The SDK from its sources, as browsers get it.
  resolve: {
    alias: [
      { find: /^vivavoce\//, replacement: at("../clients/js/src/") },
      { find: /^vivavoce$/, replacement: at("../clients/js/src/index.ts") },
      { find: "#platform", replacement: at("../clients/js/src/platform-browser.ts") },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: at("../src/vivavoce/web"),
    emptyOutDir: true,
    target: "es2022",
    // The server's policy lets no file be written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/v1": { target: "http://127.0.0.1:8000", ws: true } } },
});
