import type { Measured } from "./percentiles.ts";
import { OverTime } from "./OverTime.tsx";
import type { LatencyLog } from "./turns.ts";
import { Waterfall } from "./Waterfall.tsx";
import { say, shortTime, type WordKey } from "../words/words.ts";

/** What a tab's turns took: percentiles, their course over time, and one turn step by step. */
export function LatencyCard({ log, headline }: { log: LatencyLog; headline: WordKey }) {
  const history = log.history.value;
  const last = history.at(-1);
  const turn = log.shown.value;
  return (
    <section class="card latency" aria-label={say("latency")}>
      <div class="card-head">
        <h2>{say("latency")}</h2>
        {last && (
          <span class="quiet small">
            {history.length === 1 ? say("turnsOne") : say("turns", { count: history.length })}
          </span>
        )}
      </div>
      {last === undefined ? (
        <p class="empty small">{say("latencyEmpty")}</p>
      ) : (
        <>
          <Percentiles last={last} />
          <p class="quiet small">{say(headline)}</p>
          {history.length > 1 && <OverTime history={history} />}
        </>
      )}
      {turn && (
        <>
          <div class="card-head">
            <h3>{say("turnNumber", { number: turn.number })}</h3>
            <span class="figures">{shortTime(turn.headlineMs)}</span>
          </div>
          <Waterfall turn={turn} />
        </>
      )}
    </section>
  );
}

function Percentiles({ last }: { last: Measured }) {
  return (
    <div class="pair">
      <Figure name="half" ms={last.p50} className="" />
      <Figure name="nearlyAll" ms={last.p95} className="p95" />
    </div>
  );
}

function Figure({ name, ms, className }: { name: WordKey; ms: number; className: string }) {
  const [figure, unit] = shortTime(ms).split(" ");
  return (
    <div>
      <span class="quiet small">
        <span class={`key-line ${className}`} aria-hidden="true" />
        {say(name)}
      </span>
      <span class="big-figure" data-percentile={name}>
        {figure} <small>{unit}</small>
      </span>
    </div>
  );
}
