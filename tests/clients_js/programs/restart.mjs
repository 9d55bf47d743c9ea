// `node restart.mjs AGENT_ID`: a call in writing that loses its session twice; prints what happened.
import { VoiceConversation } from "vivavoce";

const [agentId] = process.argv.slice(2);
const call = new VoiceConversation({ agentId, textOnly: true, connection: { resume: false } });
const events = [];
const wanted = (type) => events.filter((event) => event.type === type).length;
const told = new Set();
for (const type of ["conversation_started", "agent_response", "session_lost", "conversation_failed"]) {
  call.on(type, (event) => {
    events.push(event);
    for (const wake of told) wake();
  });
}
const until = async (type, count) => {
  while (wanted(type) < count) await new Promise((resolve) => told.add(resolve));
};

await call.connect();
await until("agent_response", 1);
for (const [at, text] of ["Good morning.", "How are you?"].entries()) {
  call.cut();
  await until("conversation_started", at + 2);
  await call.sendText(text);
  while (!events.some((event) => event.text === `You said: ${text}`)) {
    await new Promise((resolve) => told.add(resolve));
  }
}
await call.close();
const { by } = await call.done;
console.log(
  JSON.stringify({ happened: events.map(({ type, text }) => (text ? [type, text] : [type])), by }),
);
