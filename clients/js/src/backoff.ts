/** When to try again. */

/** Bounds of {@link BackoffLaw}, in seconds. */
export interface BackoffOptions {
  /** The first attempts are drawn from [0, floorS]. */
  readonly floorS?: number;
  /** Later ones from [0, ratio * the outage's length]. */
  readonly ratio?: number;
  readonly capS?: number;
  /** An outage that lasts longer is for good; null never gives up. */
  readonly giveUpAfterS?: number | null;
}

/**
 * Exponential back-off with full jitter: the waits grow with the outage, and clients that were cut
 * off together do not come back together.
 *
 * The first half second is tried densely, so that a cut of 0.3 s is over before a listener's buffer
 * of 0.5 s is empty.
 */
export class BackoffLaw {
  readonly floorS: number;
  readonly ratio: number;
  readonly capS: number;
  readonly giveUpAfterS: number | null;

  /** @throws RangeError for a bound that is negative or no number. */
  constructor({ floorS = 0.1, ratio = 0.5, capS = 5, giveUpAfterS = 120 }: BackoffOptions = {}) {
    for (const [name, value] of Object.entries({ floorS, ratio, capS, giveUpAfterS })) {
      if (value !== null && !(value >= 0)) throw new RangeError(`${name} must not be negative`);
    }
    this.floorS = floorS;
    this.ratio = ratio;
    this.capS = capS;
    this.giveUpAfterS = giveUpAfterS;
  }

  /** The longest wait after an outage of `outageS` seconds. */
  longestS(outageS: number): number {
    return Math.min(this.capS, Math.max(this.floorS, this.ratio * outageS));
  }

  /**
   * Seconds until the next attempt, or null when it is time to give up.
   *
   * @param outageS - how long the outage has lasted.
   * @param random - gives numbers from [0, 1).
   */
  delayS(outageS: number, random: () => number): number | null {
    if (this.giveUpAfterS !== null && outageS >= this.giveUpAfterS) return null;
    return random() * this.longestS(outageS);
  }
}

/** How long there has been no connection, and what was tried. */
export class Outage {
  readonly #usual: BackoffLaw;
  readonly #random: () => number;
  #law: BackoffLaw;
  #sinceS: number | null = null;
  #retries = 0;

  /** @param openWithinS - when the first outage, that before any connection, is given up; null: as others. */
  constructor(law: BackoffLaw, random: () => number, openWithinS: number | null = null) {
    const giveUpAfterS = Math.min(openWithinS ?? Infinity, law.giveUpAfterS ?? Infinity);
    this.#usual = law;
    this.#random = random;
    this.#law = new BackoffLaw({ ...law, giveUpAfterS });
  }

  /** Attempts that have failed in this outage. */
  get retries(): number {
    return this.#retries;
  }

  /** An attempt fails, or an outage begins; gives the delay until the next attempt, or null. */
  failed(nowS: number, { isAttempt }: { readonly isAttempt: boolean }): number | null {
    if (this.#sinceS === null) this.begin(nowS);
    if (isAttempt) this.#retries += 1;
    return this.#law.delayS(nowS - (this.#sinceS ?? nowS), this.#random);
  }

  /** The first attempt of all begins: what goes wrong from here on is one outage. */
  begin(nowS: number): void {
    this.#sinceS = nowS;
    this.#retries = 0;
  }

  /** There was a connection. */
  opened(): void {
    this.#law = this.#usual;
  }

  /** The connection has proved itself; the next loss begins a new outage. */
  end(): void {
    this.#sinceS = null;
  }
}
