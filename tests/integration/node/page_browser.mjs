// A browser for the server's own page: what it plays is recorded, what it complains of is kept.
import { chromium } from "playwright-core";

const WITHIN_MS = 45000;

// Whatever goes to the loudspeaker goes into a recording as well, from the first sound on.
function listen() {
  const connect = AudioNode.prototype.connect;
  const recorders = [];
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const ear = new MediaStreamAudioDestinationNode(this.context);
      connect.call(this, ear);
      const recorder = new MediaRecorder(ear.stream, { mimeType: "audio/webm" });
      const pieces = [];
      recorder.ondataavailable = ({ data }) => pieces.push(data);
      recorder.start();
      recorders.push({ recorder, pieces });
    }
    return connect.call(this, to, ...rest);
  };
  window.recorded = async () => {
    const { recorder, pieces } = recorders.at(-1);
    if (recorder.state !== "inactive") {
      const stopped = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.stop();
      await stopped;
    }
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  };
}

export async function launch(executablePath, microphone) {
  return chromium.launch({
    executablePath,
    args: [
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      ...(microphone ? [`--use-file-for-fake-audio-capture=${microphone}%noloop`] : []),
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

// Opens the page; `complaints` fills with what is on its console.
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  const complaints = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.addInitScript(listen);
  await page.goto(address);
  return { page, complaints };
}

export async function sound(page) {
  return Buffer.from(await page.evaluate(() => window.recorded()), "base64");
}

// How the connection of a panel fared: its state, and what became of each outage.
export async function link(page, panel) {
  const card = page.locator(`#panel-${panel} [data-state][aria-label]`);
  return {
    state: await card.getAttribute("data-state"),
    session: await card.locator("dd").nth(1).innerText(),
    roundTrip: await card.locator("dd").first().innerText(),
    outages: await card.locator("[data-outcome]").evaluateAll((all) =>
      all.map((one) => [one.dataset.outcome, one.textContent]),
    ),
  };
}

// What the panel says of its times: percentiles, and the steps of the turn that is shown.
export async function times(page, panel) {
  const card = page.locator(`#panel-${panel} .latency`);
  const steps = (by) =>
    card.locator(`tbody.${by} tr[data-step]`).evaluateAll((rows) =>
      rows.map((row) => [row.dataset.step, Number(row.lastElementChild.textContent)]),
    );
  return {
    percentiles: await card.locator("[data-percentile]").allInnerTexts(),
    here: await steps("here"),
    server: await steps("server"),
    turns: await page.locator(`#panel-${panel} .turn-time`).count(),
  };
}
