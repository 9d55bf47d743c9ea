import type { Signal } from "@preact/signals";
import { say } from "../words/words.ts";

export type Choice = readonly [value: string, label: string];

interface PickProps {
  readonly label: string;
  readonly value: Signal<string>;
  readonly options: readonly Choice[];
  /** Below the others, under a name of their own. */
  readonly more?: { readonly label: string; readonly options: readonly Choice[] };
  readonly disabled?: boolean;
}

/** One of several; where no list may be seen, the server's choice. */
export function Pick({ label, value, options, more, disabled = false }: PickProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={value.value}
        disabled={disabled}
        onChange={(event) => (value.value = event.currentTarget.value)}
      >
        {(options.length > 0 ? options : [["", say("noList")] as const]).map(option)}
        {more && more.options.length > 0 && (
          <optgroup label={more.label}>{more.options.map(option)}</optgroup>
        )}
      </select>
    </label>
  );
}

function option([value, label]: Choice) {
  return (
    <option key={value} value={value}>
      {label}
    </option>
  );
}

interface SlideProps {
  readonly label: string;
  readonly value: Signal<number>;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** A number between two others. */
export function Slide({ label, value, min, max, step }: SlideProps) {
  return (
    <label class="field">
      <span>
        {label}{" "}
        {/* No output: that would take the label from the slider, which tells its value itself. */}
        <span class="figures" aria-hidden="true">
          {value.value.toFixed(2)}
        </span>
      </span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value.value}
        onInput={(event) => (value.value = event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly value: Signal<boolean>;
  readonly disabled?: boolean;
}

/** On or off. */
export function Switch({ label, value, disabled = false }: SwitchProps) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={value.value}
        disabled={disabled}
        onChange={(event) => (value.value = event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
