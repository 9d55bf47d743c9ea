import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { LatencyCard } from "../latency/LatencyCard.tsx";
import { TurnTime } from "../latency/TurnTime.tsx";
import { Button } from "../parts/Button.tsx";
import { Pick, Slide, Switch, type Choice } from "../parts/fields.tsx";
import type { PanelProps } from "../parts/Lazy.tsx";
import { LinkCard } from "../parts/LinkCard.tsx";
import { fetchSdk } from "../parts/sdk.ts";
import type { Voice } from "../server.ts";
import { say } from "../words/words.ts";
import { FORMATS } from "./formats.ts";
import { LitText } from "./LitText.tsx";
import { SpeakModel } from "./SpeakModel.ts";
import { finishedWords } from "./typing.ts";
import type { Utterance } from "./utterance.ts";

// Ranges of the protocol's voice settings.
const SPEED = { min: 0.7, max: 1.2, step: 0.05 };
const STABILITY = { min: 0, max: 1, step: 0.05 };

/** Type and hear. */
export default function SpeakPanel({ catalogue }: PanelProps) {
  const model = useMemo(() => new SpeakModel(catalogue.server), [catalogue]);
  useEffect(() => {
    model.voice.value ||= catalogue.voices.value[0]?.id ?? "";
  }, [model, catalogue]);
  return (
    <div class="panel" onPointerEnter={fetchSdk} onFocusIn={fetchSdk}>
      <div class="desk">
        <Composer model={model} />
        <div class="fields">
          <VoicePick model={model} voices={catalogue.voices.value} />
          <Pick
            label={say("format")}
            value={model.format}
            options={FORMATS.map((one) => [one.name, one.label])}
          />
          <Slide label={say("speed")} value={model.speed} {...SPEED} />
          <Slide label={say("stability")} value={model.stability} {...STABILITY} />
        </div>
        <Spoken model={model} />
      </div>
      <aside class="side">
        <LinkCard link={model.link} />
        <LatencyCard log={model.log} headline="headline_speak" />
      </aside>
    </div>
  );
}

/** Voices of the first one's language, which is the server's best, then all others. */
function VoicePick({ model, voices }: { model: SpeakModel; voices: readonly Voice[] }) {
  const choices = (isFirst: boolean): readonly Choice[] =>
    voices
      .filter((one) => (one.language === voices[0]?.language) === isFirst)
      .map((one) => [one.id, one.name]);
  return (
    <Pick
      label={say("voice")}
      value={model.voice}
      options={choices(true)}
      more={{ label: say("otherLanguages"), options: choices(false) }}
    />
  );
}

function Composer({ model }: { model: SpeakModel }) {
  const text = useSignal<string>(say("textSample"));
  const whileTyping = useSignal(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    const left = text.peek();
    if (whileTyping.peek()) {
      text.value = "";
      if (left.trim() !== "") void model.type(left);
      void model.endThought();
    } else if (left.trim() !== "") void model.speak(left);
  };
  const onInput = (event: InputEvent & { currentTarget: HTMLTextAreaElement }): void => {
    text.value = event.currentTarget.value;
    if (!whileTyping.peek() || event.isComposing) return;
    const [finished, rest] = finishedWords(text.peek());
    if (finished !== "") void model.type(finished);
    text.value = rest;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isEnter = event.key === "Enter" && !event.isComposing && !event.shiftKey;
    if (isEnter && (whileTyping.peek() || event.ctrlKey || event.metaKey)) submit(event);
  };
  return (
    <form class="desk" onSubmit={submit}>
      <label>
        <span class="unseen">{say("textLabel")}</span>
        <textarea
          name="text"
          rows={3}
          placeholder={say(whileTyping.value ? "whileTypingHint" : "textHint")}
          value={text.value}
          onInput={onInput}
          onKeyDown={onKeyDown}
        />
      </label>
      <div class="row">
        <button class="button main" aria-keyshortcuts="Control+Enter">
          {say("speakNow")}
        </button>
        <Button isIdle={!model.isSpeaking.value} onClick={() => model.stop()}>
          {say("stop")}
        </Button>
        <span class="end">
          <Switch label={say("whileTyping")} value={whileTyping} />
        </span>
      </div>
      {model.failure.value && <p class="notice" role="alert">{model.failure.value}</p>}
    </form>
  );
}

function Spoken({ model }: { model: SpeakModel }) {
  const utterances = model.utterances.value;
  return (
    <section class="desk" aria-label={say("spoken")}>
      <h2 class={utterances.length === 0 ? "unseen" : ""}>{say("spoken")}</h2>
      <p class="unseen" role="status">{utterances[0] && say(SPOKEN_STATES[utterances[0].state.value])}</p>
      {utterances.length === 0 && <p class="spoken empty">{say("spokenEmpty")}</p>}
      <ol class="spoken-past" reversed>
        {utterances.map((one) => (
          <SpokenText key={one.number} utterance={one} model={model} />
        ))}
      </ol>
    </section>
  );
}

const SPOKEN_STATES = { speaking: "speaking", done: "spokenToEnd", stopped: "stopped" } as const;

function SpokenText({ utterance, model }: { utterance: Utterance; model: SpeakModel }) {
  return (
    <li data-state={utterance.state.value}>
      <LitText
        words={utterance.words}
        playedMs={utterance.heardMs}
        isSilent={utterance.state.value !== "speaking"}
      />
      <TurnTime log={model.log} number={utterance.turn.value} />
    </li>
  );
}
