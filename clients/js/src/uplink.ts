/** The caller's sound on its way to the server: kept while the connection is away, and bounded. */

// In one message; a call that was away catches up in few of them.
const MOST_AT_ONCE_S = 1;

/** Sends what waits as fast as it is taken, so that a call catches up after a cut. */
export class Uplink {
  readonly #send: (samples: Int16Array) => Promise<void>;
  readonly #mostSamples: (sampleRate: number) => number;
  #sampleRate = 0;
  #waiting: Int16Array[] = [];
  #count = 0;
  #isOpen = false;
  #isSending = false;
  #lostS = 0;

  /**
   * @param send - resolves when more may be sent.
   * @param keepS - how much waits at most, in seconds; of more, the oldest is dropped.
   */
  constructor(send: (samples: Int16Array) => Promise<void>, keepS: number) {
    this.#send = send;
    this.#mostSamples = (sampleRate) => Math.ceil(keepS * sampleRate);
  }

  /** How much was dropped so far because nobody took it in time, in seconds. */
  get lostS(): number {
    return this.#lostS;
  }

  /** What is pushed has this rate from now on, in Hz. */
  begin(sampleRate: number): void {
    if (sampleRate !== this.#sampleRate) this.#forget();
    this.#sampleRate = sampleRate;
  }

  push(samples: Int16Array): void {
    this.#waiting.push(samples);
    this.#count += samples.length;
    const most = this.#mostSamples(this.#sampleRate);
    while (this.#count > most && this.#waiting.length > 1) this.#dropOldest();
    this.#pump();
  }

  /** Whether there is a connection that takes it. */
  open(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#pump();
  }

  #pump(): void {
    if (!this.#isOpen || this.#isSending || this.#count === 0) return;
    this.#isSending = true;
    this.#send(this.#take()).then(
      () => {
        this.#isSending = false;
        this.#pump();
      },
      // The connection is over, and says so itself.
      () => this.open(false),
    );
  }

  #take(): Int16Array {
    const most = MOST_AT_ONCE_S * this.#sampleRate;
    const pieces: Int16Array[] = [];
    let count = 0;
    do {
      const piece = this.#waiting.shift();
      if (piece === undefined) break;
      pieces.push(piece);
      count += piece.length;
    } while (count + (this.#waiting[0]?.length ?? 0) <= most);
    this.#count -= count;
    return joined(pieces, count);
  }

  #forget(): void {
    this.#waiting = [];
    this.#count = 0;
  }

  #dropOldest(): void {
    const dropped = this.#waiting.shift()?.length ?? 0;
    this.#count -= dropped;
    this.#lostS += dropped / this.#sampleRate;
  }
}

function joined(pieces: readonly Int16Array[], count: number): Int16Array {
  const whole = new Int16Array(count);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
