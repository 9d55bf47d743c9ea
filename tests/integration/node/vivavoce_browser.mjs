// `node vivavoce_browser.mjs HTTP_ADDRESS CHROMIUM MICROPHONE`: calls by this repository's own package in
// a browser, whose microphone is a WAV file, from pages with a Content-Security-Policy. Prints what
// came of it as one JSON object on standard output.
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { chromium } from "playwright-core";
import { tell } from "./outcomes.mjs";

const [address, executablePath, microphone] = process.argv.slice(2);
const WITHIN_MS = 40000;

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { outputFiles } = await esbuild.build({
  entryPoints: { page: at("vivavoce_page.mjs"), worklets: at("../../../clients/js/dist/devices/worklets.js") },
  outdir: "/",
  bundle: true,
  minify: true,
  write: false,
  logLevel: "warning",
});
const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]));

// Only pages of this machine's own may hear the microphone without TLS.
const web = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const script = scripts.get(pathname);
  response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
  const allowed = searchParams.get("scripts");
  const policy = `default-src 'none'; connect-src *; script-src ${allowed}`;
  if (allowed !== null) response.setHeader("content-security-policy", policy);
  response.end(script ?? '<!doctype html><body><script src="/page.js"></script>');
});
await new Promise((resolve) => web.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({
  executablePath,
  args: [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-audio-capture=${microphone}%noloop`,
    "--autoplay-policy=no-user-gesture-required",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

async function inPage(name, scripts, devices) {
  const page = await browser.newPage();
  let timer;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no end")), WITHIN_MS);
  });
  try {
    await page.goto(`http://localhost:${web.address().port}/?scripts=${encodeURIComponent(scripts)}`);
    const called = page.evaluate(([name, ...values]) => window[name](...values), [name, address, devices]);
    return await Promise.race([called, tooLate]);
  } finally {
    clearTimeout(timer);
    await page.close();
  }
}

await tell({
  fromBlob: () => inPage("talk", "'self' blob:", {}),
  fromFile: () => inPage("talk", "'self'", { workletUrl: "/worklets.js" }),
  forbidden: () => inPage("refused", "'self'", {}),
});
await browser.close();
web.close();
