// Reads cases as JSON, and tells what is owed of each.
import { readFileSync } from "node:fs";

import { SpokenText } from "vivavoce";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
const owed = cases.map(({ said, heard, confirmed }) => {
  const text = new SpokenText();
  for (const [piece, flush] of said) {
    text.say(piece);
    if (flush) text.flush();
  }
  for (const chars of heard) text.heard(chars);
  for (let n = 0; n < confirmed; n += 1) text.flushed();
  return text.rest().map((piece) => [piece.text, piece.flush]);
});
console.log(JSON.stringify(owed));
