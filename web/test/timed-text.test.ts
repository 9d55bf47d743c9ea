import assert from "node:assert/strict";
import { test } from "node:test";
import { TimedText, wordsBegun, type CharacterTimes } from "../src/speak/timed-text.ts";

/** Ten ms for each character. */
function times(text: string): CharacterTimes {
  const chars = [...text];
  return {
    chars,
    startsMs: chars.map((_, place) => place * 10),
    durationsMs: chars.map(() => 10),
  };
}

function read(text: TimedText): readonly (readonly [string, number | null, number | null])[] {
  return text
    .words()
    .filter((word) => word.isWord)
    .map((word) => [word.text, word.startMs, word.endMs] as const);
}

test("a word sounds from its first character to its last", () => {
  const text = new TimedText("en");
  text.append("Good morning.");
  text.sounds(times("Good morning."), 500);
  assert.deepEqual(read(text), [
    ["Good", 500, 540],
    ["morning", 550, 620],
  ]);
});

test("the next piece of sound carries on where the last ended", () => {
  const text = new TimedText("en");
  text.append("One two. ");
  text.sounds(times("One two."), 0);
  text.append("Three.");
  text.sounds(times("Three."), 1000);
  assert.deepEqual(read(text).at(-1), ["Three", 1000, 1050]);
});

test("words that are yet to be spoken have no times", () => {
  const text = new TimedText("en");
  text.append("One two");
  text.sounds(times("One"), 0);
  assert.deepEqual(read(text).at(-1), ["two", null, null]);
});

test("white space that is spoken otherwise than it was written does not matter", () => {
  const text = new TimedText("en");
  text.append("One\n\n  two");
  text.sounds(times("One two"), 0);
  assert.equal(read(text)[1]?.[2], 70);
});

test("a word that is begun again after an outage gets the times of the second time", () => {
  const text = new TimedText("en");
  text.append("One wonderful day");
  text.sounds(times("One wonder"), 0);
  text.sounds(times("wonderful day"), 800);
  assert.deepEqual(read(text), [
    ["One", 0, 30],
    ["wonderful", 800, 890],
    ["day", 900, 930],
  ]);
});

test("Chinese has words without spaces", () => {
  const text = new TimedText("zh-CN");
  text.append("你好世界。");
  text.sounds(times("你好世界。"), 0);
  assert.deepEqual(read(text), [
    ["你好", 0, 20],
    ["世界", 20, 40],
  ]);
});

test("words begin one after the other as the sound goes on", () => {
  const text = new TimedText("en");
  text.append("One two three");
  text.sounds(times("One two"), 100);
  const begun = (ms: number): string =>
    text
      .words()
      .slice(0, wordsBegun(text.words(), ms))
      .map((word) => word.text)
      .join("");
  assert.equal(begun(99), "");
  assert.equal(begun(100), "One");
  assert.equal(begun(140), "One two");
  assert.equal(begun(9000), "One two");
});
