// `node conversation_tools.mjs`: an agent that calls a function of this program, in writing.
//
// The agent is made over REST, for a call may not give tools to somebody else's agent, and is gone
// at the end. A rule, a key that only vivavoce has, names the words that call the tool, so that the
// smallest language model will do.
import { VoiceConversation } from "vivavoce";

const { VIVAVOCE_URL = "http://127.0.0.1:8000" } = process.env;
const DEPARTURES = { Berlin: "nine", Rome: "noon" };

const tool = {
  type: "client",
  name: "departure",
  description: "When the next train to a city leaves.",
  expects_response: true,
  parameters: {
    type: "object",
    properties: { city: { type: "string", description: "Where it goes." } },
    required: ["city"],
  },
};
const rule = {
  when: "\\btrain to (\\w+)",
  tool: "departure",
  parameters: { city: "{1}" },
  then: "The train to {1} leaves at {result}.",
};
const prompt = { prompt: "You know about trains.", tools: [tool], rules: [rule] };
const agent = { first_message: "Where do you want to go?", prompt };
const made = await fetch(`${VIVAVOCE_URL}/v1/convai/agents/create`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ name: "Trains", conversation_config: { agent } }),
});
const { agent_id: agentId } = await made.json();

const conversation = new VoiceConversation({
  agentId,
  textOnly: true,
  tools: { departure: ({ city }) => DEPARTURES[city] ?? "a time that nobody knows" },
});
await conversation.connect();
const questions = ["When is the next train to Rome?"];
for await (const event of conversation) {
  if (event.type !== "agent_response") continue;
  console.log("agent:", event.text);
  const question = questions.shift();
  if (question === undefined) break;
  console.log("you:", question);
  await conversation.sendText(question);
}
await conversation.close();
await fetch(`${VIVAVOCE_URL}/v1/convai/agents/${agentId}`, { method: "DELETE" });
