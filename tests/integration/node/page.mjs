// `node page.mjs SCENE ADDRESS CHROMIUM SCREENSHOTS [MICROPHONE [KEY]]`: somebody uses the server's own page.
// Writes what was played beside where it is run, and what came of it as JSON on standard output.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tell } from "./outcomes.mjs";
import { launch, link, open, sound, times } from "./page_browser.mjs";

const [scene, address, executablePath, screenshots, microphone, key] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const browser = await launch(executablePath, microphone);
const shot = (page, name) => page.screenshot({ path: join(screenshots, `${name}.png`) });

const KEY = "opensesame";
const SHORT = "The train to Rome leaves at noon.";
const LONG =
  "Once upon a time an old fisherman lived in a small house by the sea. " +
  "Every morning he took his boat and went out before the sun was up. " +
  "One day he found a bottle with a letter in it. " +
  "He opened the letter and began to read.";

// Which words were lit, one after the other, from now on.
async function watchWords(page) {
  await page.evaluate(() => {
    window.lit = [];
    new MutationObserver(() => {
      const now = document.querySelector(".word.now")?.textContent;
      if (now !== undefined && now !== window.lit.at(-1)) window.lit.push(now);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}

async function speak(page, text) {
  await page.fill("textarea", text);
  await page.click("#panel-speak .button.main");
  await page.waitForSelector(".spoken-past li:first-child .word.now");
}

const spokenToEnd = (page) => page.waitForSelector(".spoken-past li:first-child[data-state=done]");

const scenes = {
  async paints() {
    const { page, complaints } = await open(browser, `${address}/`);
    await page.waitForSelector("textarea");
    await page.waitForLoadState("networkidle");
    const loaded = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name, decodedBodySize, initiatorType }) => ({
        name: new URL(name).pathname,
        bytes: decodedBodySize,
        initiatorType,
      })),
    );
    await shot(page, "speak-first");
    return { loaded, complaints };
  },

  async looks() {
    const kinds = {
      narrow: { viewport: { width: 360, height: 780 } },
      dark: { colorScheme: "dark" },
      chinese: { locale: "zh-CN" },
    };
    const told = {};
    for (const [name, options] of Object.entries(kinds)) {
      const { page, complaints } = await open(browser, `${address}/`, options);
      const overflows = [];
      for (const panel of ["speak", "talk", "transcribe"]) {
        await page.click(`#tab-${panel}`);
        await page.waitForSelector(`#panel-${panel} .panel`);
        await shot(page, `${name}-${panel}`);
        overflows.push(await page.evaluate(() => document.body.scrollWidth > innerWidth));
      }
      told[name] = {
        complaints,
        overflows,
        language: await page.getAttribute("html", "lang"),
        tabs: await page.locator("[role=tab]").allInnerTexts(),
        paper: await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      };
      await page.context().close();
    }
    return told;
  },

  async keys() {
    const { page, complaints } = await open(browser, `${address}/`);
    await page.waitForSelector("textarea");
    await page.focus("#tab-speak");
    const chosen = () => page.locator("[role=tab][aria-selected=true]").getAttribute("id");
    const visited = [];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "End", "Home"]) {
      await page.keyboard.press(key);
      visited.push(await chosen());
    }
    // From the first tab to where the keyboard leaves the page.
    const stops = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const { activeElement: at, body } = document;
        const name = (at.labels?.[0] ?? at).innerText.split("\n")[0];
        return at === body ? null : [name, getComputedStyle(at).outlineStyle];
      });
      if (stop === null) break;
      stops.push(stop);
    }
    await page.focus("textarea");
    await page.keyboard.press("Control+Enter");
    await page.waitForSelector(".word.now");
    await page.focus("#panel-speak aside button");
    await page.keyboard.press("Space");
    await page.waitForSelector("#panel-speak [data-outcome=resumed]");
    const kept = await page.evaluate(() => document.activeElement.innerText);
    return { visited, stops, kept, complaints };
  },

  async speaks() {
    const { page, complaints } = await open(browser, `${address}/`);
    await page.waitForSelector("textarea");
    await watchWords(page);
    await speak(page, SHORT);
    await shot(page, "speak");
    await spokenToEnd(page);
    writeFileSync("short.webm", await sound(page));
    const lit = await page.evaluate(() => window.lit);
    return { lit, times: await times(page, "speak"), link: await link(page, "speak"), complaints };
  },

  async speaksThroughACut() {
    const { page, complaints } = await open(browser, `${address}/`);
    await page.waitForSelector("textarea");
    await speak(page, LONG);
    await page.click("#panel-speak .side button");
    await page.waitForSelector("#panel-speak [data-outcome=resumed]");
    await shot(page, "speak-recovered");
    await spokenToEnd(page);
    writeFileSync("long.webm", await sound(page));
    return { link: await link(page, "speak"), complaints };
  },

  async speaksWhileTyping() {
    const { page, complaints } = await open(browser, `${address}/`);
    await page.waitForSelector("textarea");
    await page.fill("textarea", "");
    await page.check("#panel-speak [role=switch]");
    await page.focus("textarea");
    await page.keyboard.type("Good morning, everyone. The train", { delay: 40 });
    await page.waitForSelector(".word.now");
    const left = await page.inputValue("textarea");
    await page.keyboard.type(" leaves in an hour.", { delay: 40 });
    await page.keyboard.press("Enter");
    await spokenToEnd(page);
    writeFileSync("typed.webm", await sound(page));
    const text = await page.innerText(".spoken-past li:first-child .spoken");
    return { left, text, complaints };
  },

  async talks() {
    const { page, complaints } = await open(browser, `${address}/#talk`);
    await page.click("#panel-talk .button.main");
    await page.waitForSelector(".talk .agent:has-text('fisherman')");
    await page.click("#panel-talk .side button");
    await page.waitForSelector("#panel-talk [data-outcome=resumed]");
    await shot(page, "talk-recovered");
    await page.waitForSelector(".talk .agent s");
    await page.waitForSelector("#panel-talk tbody.server tr[data-step]");
    const shown = await times(page, "talk"); // at once: the next turn takes their place
    await shot(page, "talk-interrupted");
    const told = await link(page, "talk");
    await page.waitForSelector("#panel-talk .button.main");
    await shot(page, "talk-over");
    writeFileSync("talk.webm", await sound(page));
    const lines = await page.locator(".talk > li").evaluateAll((all) =>
      all.map((one) => [
        one.classList.contains("agent") ? "agent" : "user",
        [...one.querySelector(".words").childNodes].filter((node) => node.nodeName === "#text")
          .map((node) => node.data).join(""),
        one.querySelector("s")?.lastChild.data ?? null,
      ]),
    );
    return { lines, link: told, times: shown, complaints };
  },

  async writesToTheAgent() {
    const { page, complaints } = await open(browser, `${address}/#talk`);
    await page.uncheck("#panel-talk [role=switch]");
    await page.click("#panel-talk .button.main");
    await page.fill("input[name=message]", "What time is it?");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".talk .agent:has-text('half past nine')");
    await page.waitForSelector("#panel-talk .turn-time");
    await page.click("#panel-talk .button.warn");
    await page.waitForSelector("#panel-talk .button.main");
    const words = await page.locator(".talk .words").allInnerTexts();
    return { words, times: await times(page, "talk"), complaints };
  },

  async transcribes() {
    const { page, complaints } = await open(browser, `${address}/#transcribe`);
    await page.click("#panel-transcribe .button.main");
    await page.waitForSelector(".partial:not(:empty)");
    const [grey, black] = await page.evaluate(() =>
      [".partial", "body"].map((one) => getComputedStyle(document.querySelector(one)).color),
    );
    await page.click("#panel-transcribe .side button");
    await page.waitForSelector("#panel-transcribe [data-outcome=resumed]");
    await page.waitForSelector(".sheet li >> nth=1");
    await page.check("#panel-transcribe [role=switch]");
    await shot(page, "transcribe");
    const words = await page.locator(".timed").evaluateAll((all) =>
      all.map((one) => [one.firstChild.data, Number(one.lastChild.textContent)]),
    );
    const told = await link(page, "transcribe");
    const shown = await times(page, "transcribe");
    await page.click("#panel-transcribe .button.warn");
    await page.waitForSelector("#panel-transcribe .button.main");
    return { grey, black, words, link: told, times: shown, complaints };
  },

  async asksForTheKey() {
    const { page, complaints } = await open(browser, `${address}/`);
    await page.fill("input[name=api-key]", "wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=alert]");
    await shot(page, "key");
    await page.fill("input[name=api-key]", KEY);
    await page.keyboard.press("Enter");
    await page.waitForSelector("textarea");
    await speak(page, SHORT);
    await spokenToEnd(page);
    const kept = await page.evaluate(() => [
      Object.values(sessionStorage),
      Object.values(localStorage),
      document.cookie,
    ]);
    await page.reload();
    await page.waitForSelector("textarea");
    return { kept, complaints };
  },

  async isThereForWhatTheKeyIsFor() {
    const { page, complaints } = await open(browser, `${address}/`);
    await page.fill("input[name=api-key]", key);
    await page.keyboard.press("Enter");
    await page.waitForSelector("textarea");
    await speak(page, SHORT);
    await spokenToEnd(page);
    await page.click("#tab-transcribe");
    await page.click("#panel-transcribe .button.main");
    const refused = await page.locator("#panel-transcribe [role=alert]").innerText();
    return { refused, complaints };
  },
};

await tell({ [scene]: scenes[scene] });
await browser.close();
