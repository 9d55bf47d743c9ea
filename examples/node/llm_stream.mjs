// `node llm_stream.mjs [QUESTION]`: a language model's answer, spoken while it is being written.
//
// The model is behind any address that speaks OpenAI's chat completions, such as Ollama's:
// OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_API_KEY=any OPENAI_MODEL=llama3.2. The words are
// printed as they are written, and go to llm_stream.mp3 as they are spoken.
import { createWriteStream } from "node:fs";
import { RealtimeTTS } from "vivavoce";

const [question = "Tell me a story about the sea."] = process.argv.slice(2);
const {
  OPENAI_BASE_URL = "https://api.openai.com/v1",
  OPENAI_API_KEY = "",
  OPENAI_MODEL = "gpt-4o-mini",
} = process.env;

async function* words() {
  const answer = await fetch(`${OPENAI_BASE_URL}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${OPENAI_API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: OPENAI_MODEL,
      messages: [{ role: "user", content: question }],
      stream: true,
    }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  let rest = "";
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      const text = JSON.parse(line.slice("data: ".length)).choices[0]?.delta.content;
      if (!text) continue;
      process.stdout.write(text);
      yield text;
    }
  }
}

const tts = new RealtimeTTS();
await tts.connect();
const file = createWriteStream("llm_stream.mp3");
for await (const { audio } of tts.stream(words())) file.write(audio);
file.end();
process.stdout.write("\n");
await tts.close();
