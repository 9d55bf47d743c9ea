import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import type { Catalogue } from "../catalogue.ts";
import { Button } from "./Button.tsx";
import { say } from "../words/words.ts";

export interface PanelProps {
  readonly catalogue: Catalogue;
}

interface LazyProps extends PanelProps {
  readonly load: () => Promise<{ readonly default: ComponentType<PanelProps> }>;
}

/** A panel whose script is loaded when it is first shown. */
export function Lazy({ load, catalogue }: LazyProps) {
  const [loaded, setLoaded] = useState<{ Panel: ComponentType<PanelProps> } | null>(null);
  const [failed, setFailed] = useState(false);
  const fetch = (): void => {
    setFailed(false);
    load().then(
      (module) => setLoaded({ Panel: module.default }),
      () => setFailed(true),
    );
  };
  useEffect(fetch, [load]);
  if (failed) {
    return (
      <div class="gate card" role="alert">
        <p>{say("serverAway")}</p>
        <Button onClick={fetch}>{say("again")}</Button>
      </div>
    );
  }
  return loaded ? <loaded.Panel catalogue={catalogue} /> : null;
}
