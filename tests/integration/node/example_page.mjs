// `node example_page.mjs PAGE CHROMIUM [MICROPHONE [BUTTON]]`: somebody presses a button of a page and
// waits until it can be pressed again: of the example page, with a WAV file in place of the microphone
// the one to talk, else that to speak. Writes what was played to heard.webm, and what came of it as
// JSON on standard output.
import { writeFileSync } from "node:fs";
import { tell } from "./outcomes.mjs";
import { launch, open, sound } from "./page_browser.mjs";

const [address, executablePath, microphone, other] = process.argv.slice(2);
const browser = await launch(executablePath, microphone);

async function press(page, button) {
  await page.click(`#${button}`);
  await page.waitForSelector(`#${button}:disabled`);
  await page.waitForSelector(`#${button}:enabled`);
}

await tell({
  async used() {
    const { page, complaints } = await open(browser, address);
    await press(page, other ?? (microphone ? "talk" : "speak"));
    writeFileSync("heard.webm", await sound(page));
    return {
      state: await page.locator("#state").allInnerTexts(),
      lines: await page.locator("#lines p").allInnerTexts(),
      complaints,
    };
  },
});
await browser.close();
