import type { ComponentChildren } from "preact";

interface ButtonProps {
  /** What of its look is not every button's. */
  readonly look?: "main" | "warn";
  readonly isIdle?: boolean;
  readonly onClick: () => unknown;
  readonly children: ComponentChildren;
}

/** A button that keeps the keyboard's place while there is nothing for it to do. */
export function Button({ look, isIdle = false, onClick, children }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${look ?? ""}`}
      aria-disabled={isIdle}
      onClick={() => void (isIdle || onClick())}
    >
      {children}
    </button>
  );
}
