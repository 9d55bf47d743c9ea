import { useMemo } from "preact/hooks";
import { LatencyCard } from "../latency/LatencyCard.tsx";
import { TurnTime } from "../latency/TurnTime.tsx";
import { Button } from "../parts/Button.tsx";
import { Switch } from "../parts/fields.tsx";
import type { PanelProps } from "../parts/Lazy.tsx";
import { LinkCard } from "../parts/LinkCard.tsx";
import { Meter } from "../parts/Meter.tsx";
import { fetchSdk } from "../parts/sdk.ts";
import { say } from "../words/words.ts";
import { DictationModel } from "./DictationModel.ts";
import type { Passage } from "./sheet.ts";

/** Speak and read. */
export default function TranscribePanel({ catalogue }: PanelProps) {
  const model = useMemo(() => new DictationModel(catalogue.server), [catalogue]);
  return (
    <div class="panel" onPointerEnter={fetchSdk} onFocusIn={fetchSdk}>
      <div class="desk">
        <Controls model={model} />
        {model.failure.value && <p class="notice" role="alert">{model.failure.value}</p>}
        <section class="levels" aria-label={say("levels")} hidden={model.state.value === "idle"}>
          <Meter label={say("you")} side="caller" follow={model.levels.add} />
        </section>
        <Written model={model} />
      </div>
      <aside class="side">
        <LinkCard link={model.link} />
        <LatencyCard log={model.log} headline="headline_transcribe" />
      </aside>
    </div>
  );
}

function Controls({ model }: { model: DictationModel }) {
  const isOn = model.state.value === "on";
  return (
    <div class="row">
      {model.state.value === "idle" ? (
        <Button look="main" onClick={() => model.start()}>
          {say("listen")}
        </Button>
      ) : (
        <Button look="warn" isIdle={!isOn} onClick={() => model.stop()}>
          {say("listenStop")}
        </Button>
      )}
      <Button isIdle={!isOn} onClick={() => model.commit()}>
        {say("listenCommit")}
      </Button>
      <span class="end">
        <Switch label={say("showTimes")} value={model.showTimes} />
      </span>
      <p class="unseen" role="status">{say(isOn ? "listening" : "notListening")}</p>
    </div>
  );
}

function Written({ model }: { model: DictationModel }) {
  const { passages, partial } = model.sheet.value;
  const isEmpty = passages.length === 0 && partial === "";
  return (
    <section class="desk" aria-label={say("transcript")}>
      <div class="card-head">
        <h2 class={isEmpty ? "unseen" : ""}>{say("transcript")}</h2>
        {!isEmpty && (
          <button type="button" class="button light" onClick={() => model.clear()}>
            {say("clear")}
          </button>
        )}
      </div>
      {isEmpty && <p class="spoken empty">{say("transcriptEmpty")}</p>}
      <div role="log" aria-label={say("transcript")}>
        <ol class="sheet">
          {passages.map((passage, place) => (
            <Settled key={place} passage={passage} model={model} />
          ))}
        </ol>
      </div>
      {/* Not read out: it changes several times a second, and what is settled is read once. */}
      <p class="sheet partial" aria-live="off">{partial}</p>
    </section>
  );
}

function Settled({ passage, model }: { passage: Passage; model: DictationModel }) {
  const withTimes = model.showTimes.value && passage.words.length > 0;
  return (
    <li class="row">
      <p>{withTimes ? <Times passage={passage} /> : passage.text}</p>
      <TurnTime log={model.log} number={passage.turn} />
    </li>
  );
}

function Times({ passage }: { passage: Passage }) {
  const words = passage.words.filter((word) => word.kind === "word");
  return (
    <>
      {words.map((word, place) => (
        <span key={place} class="timed">
          {word.text}
          <small>{word.startS.toFixed(2)}</small>
        </span>
      ))}
    </>
  );
}
