import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { LatencyCard } from "../latency/LatencyCard.tsx";
import { TurnTime } from "../latency/TurnTime.tsx";
import { Button } from "../parts/Button.tsx";
import { Pick, Switch } from "../parts/fields.tsx";
import type { PanelProps } from "../parts/Lazy.tsx";
import { LinkCard } from "../parts/LinkCard.tsx";
import { Meter } from "../parts/Meter.tsx";
import { fetchSdk } from "../parts/sdk.ts";
import { say, type WordKey } from "../words/words.ts";
import { CallModel, type CallState } from "./CallModel.ts";
import type { Line } from "./turn-line.ts";

/** Talk with an agent, aloud or in writing. */
export default function TalkPanel({ catalogue }: PanelProps) {
  const model = useMemo(() => new CallModel(catalogue.server), [catalogue]);
  useEffect(() => {
    model.agent.value ||= catalogue.agents.value[0]?.id ?? "";
  }, [model, catalogue]);
  const isLive = model.isLive.value;
  return (
    <div class="panel" onPointerEnter={fetchSdk} onFocusIn={fetchSdk}>
      <div class="desk">
        <div class="call-controls">
          <Pick
            label={say("agent")}
            value={model.agent}
            disabled={isLive}
            options={catalogue.agents.value.map((one) => [one.id, one.name || one.id])}
          />
          <Switch label={say("withMicrophone")} value={model.withMicrophone} disabled={isLive} />
          <CallButton model={model} />
        </div>
        <CallNotice model={model} />
        <section class="levels" aria-label={say("levels")} hidden={!isLive}>
          <Meter label={say("you")} side="caller" follow={model.callerLevels.add} />
          <Meter label={say("agent")} side="agent" follow={model.agentLevels.add} />
        </section>
        <Transcript model={model} />
        {model.state.value === "on" && <Writing model={model} />}
      </div>
      <aside class="side">
        <LinkCard link={model.link} />
        <LatencyCard log={model.log} headline="headline_talk" />
      </aside>
    </div>
  );
}

function CallButton({ model }: { model: CallModel }) {
  if (model.isLive.value) {
    const isStarting = model.state.value === "starting";
    return (
      <Button look="warn" isIdle={isStarting} onClick={() => model.hangUp()}>
        {say(isStarting ? "callStarting" : "callEnd")}
      </Button>
    );
  }
  return (
    <Button look="main" onClick={() => model.start()}>
      {say("callStart")}
    </Button>
  );
}

const STATES: Readonly<Record<CallState, WordKey | null>> = {
  idle: null,
  starting: "callStarting",
  on: "inCall",
  over: "callOver",
};

function CallNotice({ model }: { model: CallModel }) {
  const state = STATES[model.state.value];
  const isByAgent = model.state.value === "over" && model.hungUpByAgent.value;
  return (
    <>
      <p class={model.state.value === "over" ? "quiet small" : "unseen"} role="status">
        {state && say(isByAgent ? "callOverByAgent" : state)}
      </p>
      {model.failure.value && <p class="notice" role="alert">{model.failure.value}</p>}
    </>
  );
}

function Transcript({ model }: { model: CallModel }) {
  const lines = model.lines.value;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (lines.length > 0) end.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [lines.length]);
  return (
    <section class="desk" aria-label={say("conversation")}>
      {lines.length === 0 && <p class="spoken empty">{say("conversationEmpty")}</p>}
      <div role="log" aria-label={say("conversation")}>
        <ol class="talk">
          {lines.map((line, place) => (
            <Said key={place} line={line} model={model} />
          ))}
        </ol>
      </div>
      <div ref={end} />
    </section>
  );
}

function Said({ line, model }: { line: Line; model: CallModel }) {
  const isAgent = line.role === "agent";
  const turn = isAgent ? (model.turns.value.get(line.eventId) ?? null) : null;
  return (
    <li class={`${line.role} ${line.isTentative ? "tentative" : ""}`} aria-busy={line.isTentative}>
      <p class="who">
        <b>{say(isAgent ? "agent" : "you")}</b>
        {line.unheard !== "" && <span>{say("interrupted")}</span>}
        <TurnTime log={model.log} number={turn} />
      </p>
      <p class="words">
        {line.text}
        {line.unheard !== "" && (
          <s>
            <span class="unseen">{say("notHeard")}</span>
            {line.unheard}
          </s>
        )}
      </p>
    </li>
  );
}

function Writing({ model }: { model: CallModel }) {
  const text = useSignal("");
  const submit = (event: Event): void => {
    event.preventDefault();
    const written = text.peek().trim();
    text.value = "";
    if (written !== "") void model.write(written);
  };
  return (
    <form class="typing" onSubmit={submit}>
      <label>
        <span class="unseen">{say("write")}</span>
        <input
          name="message"
          autocomplete="off"
          placeholder={say("write")}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <button class="button">{say("send")}</button>
    </form>
  );
}
