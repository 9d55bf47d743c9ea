import type { LatencyLog } from "./turns.ts";
import { say, shortTime } from "../words/words.ts";

/** What a turn took, beside its words; shows its course. */
export function TurnTime({ log, number }: { log: LatencyLog; number: number | null }) {
  const turn = log.turns.value.find((one) => one.number === number);
  if (turn === undefined) return null;
  const time = shortTime(turn.headlineMs);
  return (
    <button
      type="button"
      class="turn-time"
      aria-pressed={log.shown.value?.number === turn.number}
      aria-label={say("showTurn", { number: turn.number, time })}
      onClick={() => (log.chosen.value = turn.number)}
    >
      {time}
    </button>
  );
}
