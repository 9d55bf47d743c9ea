/** The server's own course of an answer. */
import { stepsBetween, type Step, type StepName } from "../latency/turns.ts";
import type { AnswerTimes, Server } from "../server.ts";

const STEPS: readonly (readonly [metric: string, name: StepName])[] = [
  ["endpoint", "turn_over"],
  ["transcript", "server_transcript"],
  ["first_token", "first_token"],
  ["first_clause", "first_clause"],
  ["first_audio", "first_audio"],
  ["first_audible", "audible"],
];

// A server writes an answer down when it believes that it has been heard.
const TRIES = 8;
const PAUSE_MS = 300;

/** The steps among `times`, which count from the caller's last sound. */
export function serverSteps(times: AnswerTimes): readonly Step[] {
  const marks = STEPS.flatMap(([metric, name]) => {
    const seconds = times[`vivavoce_${metric}_after_speech`];
    return seconds === undefined ? [] : [{ name, atMs: seconds * 1000 }];
  });
  return stepsBetween(0, marks, "server");
}

/** Asks until the server has written the answer down; empty where it does not, or may not be asked. */
export async function stepsOf(
  server: Server,
  conversationId: string,
  eventId: number,
): Promise<readonly Step[]> {
  for (let left = TRIES; left > 0; left--) {
    const times = await server.answerTimes(conversationId, eventId).catch(() => ({}));
    if (times !== null) return serverSteps(times);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return [];
}
