/** What the server offers: its voices and agents, once it has let this page in. */
import { signal } from "@preact/signals";
import { KeyWanted, Server, type Agent, type Voice } from "./server.ts";

export type CatalogueState = "loading" | "key" | "away" | "open";

export class Catalogue {
  readonly server = new Server();
  readonly state = signal<CatalogueState>("loading");
  readonly voices = signal<readonly Voice[]>([]);
  readonly agents = signal<readonly Agent[]>([]);

  /** Asks for the lists; what comes of it is in `state`. */
  async load(): Promise<void> {
    try {
      [this.voices.value, this.agents.value] = await Promise.all([
        this.server.voices(),
        this.server.agents(),
      ]);
      this.state.value = "open";
    } catch (error) {
      this.state.value = error instanceof KeyWanted ? "key" : "away";
    }
  }
}
