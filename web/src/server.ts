/** The server's REST side, as far as the page needs it. */
import { signal } from "@preact/signals";

/** The server wants a key, or another one. */
export class KeyWanted extends Error {}

/** The key is good, and not for this. */
class OutOfScope extends Error {}

export interface Voice {
  readonly id: string;
  readonly name: string;
  readonly language: string;
}

export interface Agent {
  readonly id: string;
  readonly name: string;
}

/** The steps of one answer, in seconds after the caller's last sound. */
export interface AnswerTimes {
  readonly [metric: string]: number;
}

interface VoicesAnswer {
  readonly voices: readonly {
    readonly voice_id: string;
    readonly name: string;
    readonly labels?: { readonly language?: string };
  }[];
}

interface AgentsAnswer {
  readonly agents: readonly { readonly agent_id: string; readonly name: string }[];
  readonly next_cursor: string | null;
}

interface ConversationAnswer {
  readonly transcript: readonly {
    readonly role: string;
    readonly source_event_id?: number | null;
    readonly conversation_turn_metrics?: {
      readonly metrics: Readonly<Record<string, { readonly elapsed_time: number }>>;
    } | null;
  }[];
}

const KEY = "vivavoce.key";
// Of each list; nobody picks from more.
const PAGES_MAX = 10;

export class Server {
  /** Sockets and REST are where the page came from. */
  readonly origin = location.origin;
  /** Kept by this tab alone; empty while none is needed. */
  readonly key = signal(sessionStorage.getItem(KEY) ?? "");

  /** Takes the key that all that follows is to be done with. */
  useKey(key: string): void {
    this.key.value = key;
    if (key === "") sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, key);
  }

  /**
   * None where the key may not list them.
   * @throws KeyWanted
   */
  async voices(): Promise<readonly Voice[]> {
    const { voices } = await this.#get<VoicesAnswer>("/v1/voices").catch(
      unlessOutOfScope({ voices: [] }),
    );
    return voices.map((one) => ({
      id: one.voice_id,
      name: one.name,
      language: one.labels?.language ?? "",
    }));
  }

  /**
   * None where the key may not list them.
   * @throws KeyWanted
   */
  async agents(): Promise<readonly Agent[]> {
    const found: Agent[] = [];
    let cursor: string | null = "";
    for (let page = 0; page < PAGES_MAX && cursor !== null; page++) {
      const query = new URLSearchParams({ page_size: "100", ...(cursor && { cursor }) });
      const answer: AgentsAnswer = await this.#get<AgentsAnswer>(
        `/v1/convai/agents?${query}`,
      ).catch(unlessOutOfScope({ agents: [], next_cursor: null }));
      found.push(...answer.agents.map((one) => ({ id: one.agent_id, name: one.name })));
      cursor = answer.next_cursor;
    }
    return found;
  }

  /** How long the answer `eventId` took as the server measured it; null where it is not known. */
  async answerTimes(conversationId: string, eventId: number): Promise<AnswerTimes | null> {
    const path = `/v1/convai/conversations/${encodeURIComponent(conversationId)}`;
    const { transcript } = await this.#get<ConversationAnswer>(path);
    const turn = transcript.find(
      (one) => one.role === "agent" && one.source_event_id === eventId,
    );
    const metrics = turn?.conversation_turn_metrics?.metrics;
    if (metrics === undefined) return null;
    return Object.fromEntries(
      Object.entries(metrics).map(([name, { elapsed_time }]) => [name, elapsed_time]),
    );
  }

  async #get<Answer>(path: string): Promise<Answer> {
    const key = this.key.peek();
    const answer = await fetch(path, { headers: key === "" ? {} : { "xi-api-key": key } });
    if (answer.status === 401) throw new KeyWanted();
    if (answer.status === 403) throw new OutOfScope();
    if (!answer.ok) throw new Error(`${answer.status}`);
    return (await answer.json()) as Answer;
  }
}

function unlessOutOfScope<Answer>(otherwise: Answer): (error: unknown) => Answer {
  return (error) => {
    if (error instanceof OutOfScope) return otherwise;
    throw error;
  };
}
