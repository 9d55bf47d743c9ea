import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Catalogue } from "./catalogue.ts";
import { KeyGate } from "./parts/KeyGate.tsx";
import { isTab, TabBar, type Tab } from "./parts/TabBar.tsx";
import { Lazy } from "./parts/Lazy.tsx";
import { Top } from "./parts/Top.tsx";
import { languageTag, say } from "./words/words.ts";

const tab = signal<Tab>(tabOfAddress());
const visited = signal<ReadonlySet<Tab>>(new Set([tab.peek()]));

// Each comes with its part of the SDK when it is first looked at.
const PANELS = {
  speak: () => import("./speak/SpeakPanel.tsx"),
  talk: () => import("./talk/TalkPanel.tsx"),
  transcribe: () => import("./transcribe/TranscribePanel.tsx"),
} as const;

/** The whole page: what is at the top, and one panel of three; those left behind carry on. */
export function App() {
  const catalogue = useMemo(() => new Catalogue(), []);
  useEffect(() => void catalogue.load(), [catalogue]);
  useEffect(() => {
    const follow = (): void => show(tabOfAddress());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useSignalEffect(() => {
    document.documentElement.lang = languageTag.value;
  });
  const isIn = catalogue.state.value === "open";
  return (
    <>
      <Top server={catalogue.server}>{isIn && <TabBar chosen={tab.value} choose={choose} />}</Top>
      <main>
        {!isSecureContext && <p class="notice">{say("needsSecure")}</p>}
        {isIn ? <Panels catalogue={catalogue} /> : <KeyGate catalogue={catalogue} />}
      </main>
    </>
  );
}

function Panels({ catalogue }: { catalogue: Catalogue }) {
  return (
    <>
      {(["speak", "talk", "transcribe"] as const).map((name) => (
        <div
          key={name}
          id={`panel-${name}`}
          role="tabpanel"
          aria-labelledby={`tab-${name}`}
          hidden={name !== tab.value}
        >
          {visited.value.has(name) && <Lazy load={PANELS[name]} catalogue={catalogue} />}
        </div>
      ))}
    </>
  );
}

function choose(name: Tab): void {
  history.replaceState(null, "", `#${name}`);
  show(name);
}

function show(name: Tab): void {
  visited.value = new Set([...visited.peek(), name]);
  tab.value = name;
}

function tabOfAddress(): Tab {
  const name = location.hash.slice(1);
  return isTab(name) ? name : "speak";
}
