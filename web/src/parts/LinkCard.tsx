import { Button } from "./Button.tsx";
import type { Link } from "./link.ts";
import type { LinkState, Outage } from "../latency/recovery.ts";
import { say, shortTime, triesOf, type WordKey } from "../words/words.ts";

const STATES: Readonly<Record<LinkState, WordKey>> = {
  idle: "connectionIdle",
  connecting: "connectionConnecting",
  open: "connectionOpen",
  reconnecting: "connectionReconnecting",
  closed: "connectionClosed",
};

// Older ones are history.
const OUTAGES_SHOWN = 4;

/** State of a connection, how it came through its outages, and the button that makes one. */
export function LinkCard({ link }: { link: Link }) {
  const state = link.state.value;
  const roundTrip = link.roundTripMs.value;
  return (
    <section class="card" aria-label={say("connection")} data-state={state}>
      <div class="link-state" role="status">
        <span class={`dot ${state}`} aria-hidden="true" />
        {say(STATES[state])}
      </div>
      <dl class="facts">
        <dt>{say("roundTrip")}</dt>
        <dd class="figures">{roundTrip === null ? "–" : shortTime(roundTrip)}</dd>
        <dt>{say("session")}</dt>
        <dd>{state === "open" ? say(link.isResumable.value ? "sessionResumable" : "sessionPlain") : "–"}</dd>
        <dt>{say("tries")}</dt>
        <dd class="figures">{state === "reconnecting" ? link.tries.value : "–"}</dd>
      </dl>
      <Button isIdle={state !== "open"} onClick={() => link.cut()}>
        {say("cut")}
      </Button>
      {/* There before its first outage, or readers of the screen miss that one. */}
      <div role="log" aria-label={say("connection")}>
        <ol class="recoveries quiet">
          {link.outages.value.slice(-OUTAGES_SHOWN).map((outage) => (
            <li key={outage.startMs} data-outcome={outage.outcome}>
              {told(outage)}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function told({ startMs, endMs, tries, outcome }: Outage): string {
  const values = { away: shortTime((endMs ?? startMs) - startMs), tries: triesOf(tries) };
  switch (outcome) {
    case "lasting":
      return say("awayStill", values);
    case "resumed":
      return say("away", values);
    case "anew":
      return say("awayAgain", values);
    case "given-up":
      return say("awayForGood", values);
  }
}
