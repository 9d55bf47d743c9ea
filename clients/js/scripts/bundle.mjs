// `node scripts/bundle.mjs`: the whole package as one module for pages without a bundler, and the audio
// thread's code as another, for those whose policy allows no Blob. Minified; the source maps have it all.
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
await esbuild.build({
  absWorkingDir: at(".."),
  entryPoints: { browser: "src/index.ts", worklets: "src/devices/worklets.ts" },
  // The package's own import map leads to what is built for Node, or is not built yet.
  alias: { "#platform": "./src/platform-browser.ts" },
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  sourcemap: true,
  logLevel: "warning",
});
