// Makes calls one after the other and prints what came of each, as one JSON object. One that fails
// keeps no other from being made.
export async function tell(calls) {
  const outcomes = {};
  for (const [name, call] of Object.entries(calls)) {
    try {
      outcomes[name] = { answer: (await call()) ?? null };
    } catch (error) {
      outcomes[name] = { failure: String(error.stack ?? error) };
    }
  }
  process.stdout.write(JSON.stringify(outcomes));
}
