/** What a conversation hears with and speaks through; browsers, files and programs each have their own. */

/** How loud a piece of sound is, of full scale (1). */
export interface Level {
  readonly rms: number;
  readonly peak: number;
}

/** A microphone, or what stands for one. */
export interface AudioSource {
  /** Gets hold of the device, before anybody is called: it may ask for a permission. */
  open?(): Promise<void>;
  /**
   * Begins to deliver 16-bit mono PCM.
   *
   * @param sampleRate - Hz that the pieces are to have.
   * @param deliver - called with each piece, of 20 to 100 ms, in order; the piece is the callee's own.
   */
  start(sampleRate: number, deliver: (samples: Int16Array) => void): Promise<void>;
  /** Delivers nothing more, and gives the device back; may be started again. */
  release(): Promise<void>;
}

/** A loudspeaker, or what stands for one. */
export interface AudioSink {
  /** Gets hold of the device, before anybody is called. */
  open?(): Promise<void>;
  /** @param sampleRate - Hz of what {@link AudioSink.play} will be given. */
  start(sampleRate: number): Promise<void>;
  /**
   * Queues 16-bit mono PCM.
   *
   * @param eventId - of the answer that it belongs to.
   * @returns where it begins on the clock of {@link AudioSink.playedS}, in seconds.
   */
  play(samples: Int16Array, eventId: number): number;
  /** Drops what is queued and has an id up to this one; what was dropped counts as played. */
  interrupt(eventId: number): void;
  /** Drops all that is queued. */
  clear(): void;
  /** How far the sound that was queued since the start has left the loudspeaker, in seconds. */
  readonly playedS: number;
  /** How much is queued and not played yet, in seconds. */
  readonly queuedS: number;
  /** Resolves when all that is queued has been played. */
  drained(): Promise<void>;
  /** Silent from now on, and gives the device back; may be started again. */
  release(): Promise<void>;
}
