/** Sound that has been sent and not been written down: what a fresh session must hear again. */

const KEPT_S = 60;
// A server may commit a longer segment in parts, so that a commit has more than one answer.
const PART_S = 90;

/**
 * The most recent sound and the commits in it; what is oldest goes first. Positions are samples of
 * all sound that was ever sent; a session's time begins at one of them.
 */
export class UncommittedSound {
  readonly #rate: number;
  readonly #most: number;
  #pieces: Int16Array[] = [];
  #begin = 0;
  #end = 0;
  #commits: number[] = [];
  #committed = 0;
  #sessionAt = 0;
  #lost = 0;

  constructor(sampleRate: number, keptS = KEPT_S) {
    this.#rate = sampleRate;
    this.#most = Math.round(keptS * sampleRate);
  }

  /** Where the session's time begins, in seconds. */
  get shiftS(): number {
    return this.#sessionAt / this.#rate;
  }

  /** How much a session that was lost had not written down, and no other will hear, in seconds. */
  get lostS(): number {
    return this.#lost / this.#rate;
  }

  /** Whether there is sound behind the last commit. */
  get hasMore(): boolean {
    return this.#end > Math.max(this.#committed, this.#commits.at(-1) ?? 0);
  }

  /** How many have no transcript yet. */
  get unansweredCommits(): number {
    return this.#commits.length;
  }

  /** More sound. */
  sent(samples: Int16Array): void {
    this.#pieces.push(samples);
    this.#end += samples.length;
    this.#forgetBefore(this.#end - this.#most);
  }

  /** All sound up to here is to be written down. */
  commit(): void {
    this.#commits.push(this.#end);
  }

  /** A transcript has come, whose last word ends then, on the clock of all sound; null if not known. */
  writtenDown(lastWordEndS: number | null): void {
    const askedAt = this.#commits.shift();
    if (askedAt !== undefined && askedAt - this.#committed <= PART_S * this.#rate) {
      this.#settle(askedAt);
    } else if (lastWordEndS !== null) {
      this.#settle(Math.round(lastWordEndS * this.#rate));
    }
  }

  /** A session begins: the sound that it must hear, with null for each commit in it. */
  restart(): (Int16Array | null)[] {
    this.#lost += Math.max(0, this.#begin - this.#committed);
    this.#sessionAt = this.#committed = this.#begin;
    return [...this.#unanswered()];
  }

  *#unanswered(): Generator<Int16Array | null, void, undefined> {
    let at = this.#begin;
    const commits = [...this.#commits];
    for (let piece of this.#pieces) {
      while (commits[0] !== undefined && commits[0] < at + piece.length) {
        const cut = Math.max(0, commits.shift()! - at);
        if (cut > 0) yield piece.subarray(0, cut);
        piece = piece.subarray(cut);
        at += cut;
        yield null;
      }
      yield piece;
      at += piece.length;
    }
    for (const _ of commits) yield null;
  }

  #settle(upTo: number): void {
    this.#committed = Math.max(this.#committed, upTo);
    this.#forgetBefore(this.#committed);
  }

  #forgetBefore(position: number): void {
    while (this.#pieces[0] !== undefined && this.#begin + this.#pieces[0].length <= position) {
      this.#begin += this.#pieces.shift()!.length;
    }
    const within = position - this.#begin;
    if (this.#pieces[0] !== undefined && within > 0) {
      this.#pieces[0] = this.#pieces[0].subarray(within);
      this.#begin += within;
    }
  }
}
