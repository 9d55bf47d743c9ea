import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import type { Catalogue } from "../catalogue.ts";
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
  useEffect(() => {
    load().then(
      (module) => setLoaded({ Panel: module.default }),
      () => setFailed(true),
    );
  }, [load]);
  if (failed) return <p class="notice" role="alert">{say("serverAway")}</p>;
  return loaded ? <loaded.Panel catalogue={catalogue} /> : null;
}
