import type { Clock, MeasuredTurn, Step } from "./turns.ts";
import { say } from "../words/words.ts";

/** The course of one turn: a row a step, first as measured here, then as the server did. */
export function Waterfall({ turn }: { turn: MeasuredTurn }) {
  const wholeMs = Math.max(1, ...turn.steps.map((step) => step.endMs));
  return (
    <table class="waterfall">
      <caption class="unseen">{say("turnNumber", { number: turn.number })}</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">{say("step")}</th>
          <th scope="col">{say("course")}</th>
          <th scope="col">{say("milliseconds")}</th>
        </tr>
      </thead>
      <Rows by="here" turn={turn} wholeMs={wholeMs} />
      <Rows by="server" turn={turn} wholeMs={wholeMs} />
    </table>
  );
}

function Rows({ by, turn, wholeMs }: { by: Clock; turn: MeasuredTurn; wholeMs: number }) {
  const steps = turn.steps.filter((step) => step.by === by);
  if (steps.length === 0) return null;
  return (
    <tbody class={by}>
      <tr>
        <th colSpan={3} scope="rowgroup">
          {say(by === "here" ? "measuredHere" : "measuredThere")}
        </th>
      </tr>
      {steps.map((step) => (
        <Row key={step.name} step={step} wholeMs={wholeMs} />
      ))}
    </tbody>
  );
}

function Row({ step, wholeMs }: { step: Step; wholeMs: number }) {
  const share = (ms: number): string => `${(100 * ms) / wholeMs}%`;
  return (
    <tr data-step={step.name}>
      <th scope="row">{say(`step_${step.name}`)}</th>
      <td>
        <span class="bar" aria-hidden="true">
          <span
            style={{ insetInlineStart: share(step.startMs), width: share(step.endMs - step.startMs) }}
          />
        </span>
      </td>
      <td>{Math.round(step.endMs)}</td>
    </tr>
  );
}
