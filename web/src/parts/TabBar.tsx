import { say } from "../words/words.ts";

const TABS = ["speak", "talk", "transcribe"] as const;

export type Tab = (typeof TABS)[number];

/** Whether there is a tab of that name. */
export function isTab(name: string): name is Tab {
  return (TABS as readonly string[]).includes(name);
}

const MOVES: Readonly<Record<string, (place: number) => number>> = {
  ArrowRight: (place) => (place + 1) % TABS.length,
  ArrowLeft: (place) => (place + TABS.length - 1) % TABS.length,
  Home: () => 0,
  End: () => TABS.length - 1,
};

/** The tabs; arrows go from one to the next. */
export function TabBar({ chosen, choose }: { chosen: Tab; choose: (tab: Tab) => void }) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = TABS[MOVES[event.key]?.(TABS.indexOf(chosen)) ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={say("parts")} onKeyDown={onKeyDown}>
      {TABS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-controls={`panel-${name}`}
          aria-selected={name === chosen}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => choose(name)}
        >
          {say(name)}
        </button>
      ))}
    </div>
  );
}
