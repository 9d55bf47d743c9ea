// `node elevenlabs_browser.mjs HTTP_ADDRESS AGENT CHROMIUM MICROPHONE`: conversations by the browser's SDK
// in a browser, whose microphone is a WAV file. AGENT is one that is not public. Writes what was
// played beside where it is run, and what came of it as one JSON object on standard output.
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { chromium } from "playwright-core";
import { tell } from "./outcomes.mjs";

const [address, agent, executablePath, microphone] = process.argv.slice(2);
const origin = address.replace("http", "ws");
const WITHIN_MS = 40000;

const bundle = await esbuild.build({
  entryPoints: [fileURLToPath(new URL("browser_page.mjs", import.meta.url))],
  bundle: true,
  write: false,
  logLevel: "warning",
});
const script = bundle.outputFiles[0].text;

// Only pages of this machine's own may hear the microphone without TLS.
const web = createServer((request, response) => {
  const isScript = request.url === "/page.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? script : '<!doctype html><body><script src="/page.js"></script>');
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

async function inPage(name, ...values) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  try {
    await page.goto(`http://localhost:${web.address().port}/`);
    const called = page.evaluate(([name, values]) => window[name](...values), [name, values]);
    return { answer: await Promise.race([called, tooLate(complaints)]), complaints };
  } finally {
    await page.close();
  }
}

function tooLate(complaints) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no end; ${complaints.join("; ")}`)), WITHIN_MS).unref();
  });
}

const calls = {
  async spoken() {
    const { answer, complaints } = await inPage("talk", {
      agentId: "default",
      origin,
      overrides: { agent: { firstMessage: "Hello!" } },
    });
    const { webm, ...told } = answer;
    writeFileSync("played.webm", Buffer.from(webm, "base64"));
    return { answer: told, complaints };
  },
  async written() {
    return inPage("write", { agentId: "default", origin }, ["What time is it?", "Goodbye."]);
  },
  async withKey() {
    const texts = ["How is the weather in Rome?", "Open the door.", "Goodbye."];
    return inPage("writeWithTools", { agentId: agent, origin, authorization: "any" }, texts);
  },
  async withoutKey() {
    return inPage("refused", { agentId: agent, origin });
  },
  async broughtAlong() {
    return inPage(
      "write",
      {
        orchestrator: {
          url: `${origin}/v1/convai/conversation`,
          agentConfig: { agent: { first_message: "I am {{whose}}." } },
        },
        dynamicVariables: { whose: "yours" },
      },
      ["What time is it?"],
    );
  },
};

await tell(calls);
await browser.close();
web.close();
