// `node vivavoce_plain.mjs HTTP_ADDRESS CHROMIUM MICROPHONE PAGE TEXT`: a page that imports this repository's
// own package from one file beside it, in a browser whose microphone is a WAV file; then another PAGE,
// with a button to click and an output. Prints what came of it as one JSON object on standard output.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { tell } from "./outcomes.mjs";

const [address, executablePath, microphone, shown, text] = process.argv.slice(2);

const at = (path) => readFileSync(new URL(path, import.meta.url));
const files = new Map([
  ["/", ["text/html", at("plain_page.html")]],
  ["/shown", ["text/html", readFileSync(shown)]],
  ["/browser.js", ["text/javascript", at("../../../clients/js/dist/browser.js")]],
]);
const web = createServer((request, response) => {
  const [type, content] = files.get(request.url) ?? [];
  response.writeHead(content === undefined ? 404 : 200, { "content-type": type ?? "text/plain" });
  response.end(content);
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

async function inPage(path, use) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  try {
    await page.goto(`http://localhost:${web.address().port}${path}`);
    return { ...(await use(page)), complaints };
  } finally {
    await page.close();
  }
}

const called = (name, ...values) =>
  inPage("/", async (page) => {
    await page.waitForFunction((expected) => expected in window, name);
    return page.evaluate(([called, ...given]) => window[called](...given), [name, ...values]);
  });

const clicked = () =>
  inPage("/shown", async (page) => {
    await page.click("button");
    await page.waitForFunction(() => document.querySelector("output").value !== "");
    return { output: await page.innerText("output") };
  });

await tell({
  speak: () => called("speak", address, text),
  converse: () => called("converse", address),
  shown: clicked,
});
await browser.close();
web.close();
