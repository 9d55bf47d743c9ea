import { useEffect, useRef } from "preact/hooks";
import type { Level } from "vivavoce";
import { levelShare } from "./loudness.ts";

interface MeterProps {
  readonly label: string;
  readonly side: "caller" | "agent";
  /** Calls back with each new level. Returns the way off. */
  readonly follow: (listener: (level: Level) => void) => () => void;
}

// How much is left of a bar after a frame of the screen that brought nothing louder.
const FALL = 0.86;
// Numbers for readers of the screen, who ask for them.
const TELL_MS = 500;

/** How loud one side is; drawn past the framework, sixty times a second. */
export function Meter({ label, side, follow }: MeterProps) {
  const bar = useRef<HTMLSpanElement>(null);
  const track = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let newest = 0;
    let shown = 0;
    let frame = 0;
    const off = follow((level) => (newest = Math.max(newest, levelShare(level.rms))));
    const draw = (): void => {
      shown = Math.max(newest, shown * FALL);
      newest = 0;
      if (bar.current) bar.current.style.transform = `scaleX(${shown.toFixed(3)})`;
      frame = requestAnimationFrame(draw);
    };
    draw();
    const tell = setInterval(() => {
      track.current?.setAttribute("aria-valuenow", String(Math.round(shown * 100)));
    }, TELL_MS);
    return () => {
      off();
      cancelAnimationFrame(frame);
      clearInterval(tell);
    };
  }, [follow]);
  return (
    <div class={`meter ${side}`}>
      <span aria-hidden="true">{label}</span>
      <div
        ref={track}
        class="meter-track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      >
        <span ref={bar} />
      </div>
    </div>
  );
}
