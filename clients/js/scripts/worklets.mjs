// `node scripts/worklets.mjs [FILE]`: writes the audio thread's code as a text, src/devices/worklet-text.ts,
// so that it needs neither a file of its own nor a bundler.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { outputFiles } = await esbuild.build({
  entryPoints: [at("../src/devices/worklets.ts")],
  bundle: true,
  write: false,
  format: "iife",
  target: "es2022",
  minifySyntax: true,
  minifyWhitespace: true,
});
const text = JSON.stringify(outputFiles[0].text.trim());
writeFileSync(
  process.argv[2] ?? at("../src/devices/worklet-text.ts"),
  `// Made of worklets.ts by scripts/worklets.mjs.\nexport const WORKLET_TEXT =\n  ${text};\n`,
);
