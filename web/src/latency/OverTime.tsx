import type { Measured } from "./percentiles.ts";
import { say, shortTime } from "../words/words.ts";

// Of the drawing, which is stretched to its place.
const WIDTH = 300;
const HEIGHT = 72;
// As many as can be told apart at that width.
const SHOWN = 60;

/** One dot a turn, and how p50 and p95 moved with them. */
export function OverTime({ history }: { history: readonly Measured[] }) {
  const shown = history.slice(-SHOWN);
  const last = shown.at(-1);
  if (last === undefined) return null;
  const most = Math.max(...shown.map((one) => Math.max(one.ms, one.p95))) * 1.08;
  const x = (place: number): number =>
    shown.length === 1 ? WIDTH / 2 : (place * WIDTH) / (shown.length - 1);
  const y = (ms: number): number => HEIGHT - (ms / most) * HEIGHT;
  const line = (of: (one: Measured) => number): string =>
    shown.map((one, place) => `${x(place)},${y(of(one))}`).join(" ");
  const label = say("overTime", {
    half: shortTime(last.p50),
    nearlyAll: shortTime(last.p95),
    count: history.length,
  });
  return (
    <svg class="over-time" viewBox={`-4 -4 ${WIDTH + 8} ${HEIGHT + 8}`} role="img" aria-label={label}>
      <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {shown.map((one, place) => (
        <circle key={place} cx={x(place)} cy={y(one.ms)} r="2.5" />
      ))}
      <polyline class="p95" points={line((one) => one.p95)} />
      <polyline points={line((one) => one.p50)} />
    </svg>
  );
}
