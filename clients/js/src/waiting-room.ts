import type { JsonObject } from "./json.js";

interface Waiting {
  readonly message: JsonObject;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Where messages wait for those before them to be acknowledged. */
export class WaitingRoom {
  #waiting: Waiting[] = [];

  /**
   * @param hasRoom - whether one more may be said.
   * @param say - numbers and sends one.
   */
  constructor(
    private readonly hasRoom: () => boolean,
    private readonly say: (message: JsonObject) => void,
  ) {}

  /** Says it now, or in its turn. */
  enter(message: JsonObject): Promise<void> {
    if (this.#waiting.length === 0 && this.hasRoom()) {
      this.say(message);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => this.#waiting.push({ message, resolve, reject }));
  }

  /** There may be room again. */
  admit(): void {
    while (this.#waiting.length > 0 && this.hasRoom()) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.say(next.message);
      next.resolve();
    }
  }

  /** Nobody need say anything any more. */
  dismiss(): void {
    for (const one of this.#waiting.splice(0)) one.resolve();
  }

  /** Nobody can say anything any more. */
  refuse(error: Error): void {
    for (const one of this.#waiting.splice(0)) one.reject(error);
  }
}
