import assert from "node:assert/strict";
import { test } from "node:test";
import { finishedWords } from "../src/speak/typing.ts";

test("a word is finished by what follows it", () => {
  assert.deepEqual(finishedWords("Good mor"), ["Good ", "mor"]);
  assert.deepEqual(finishedWords("Good"), ["", "Good"]);
  assert.deepEqual(finishedWords("Yes,"), ["Yes,", ""]);
});

test("Chinese goes off by its marks", () => {
  assert.deepEqual(finishedWords("你好，世"), ["你好，", "世"]);
});

test("white space goes off with the word behind it", () => {
  assert.deepEqual(finishedWords(" "), ["", " "]);
  assert.deepEqual(finishedWords(" The "), [" The ", ""]);
});
