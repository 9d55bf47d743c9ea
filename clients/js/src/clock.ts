/** Time, as a connection sees it; tests bring their own. */
export interface Clock {
  /** Seconds since some moment; never goes back. */
  now(): number;
  /** Calls `action` once after `delayS` seconds, unless what it gives is called before. */
  schedule(delayS: number, action: () => void): () => void;
}

/** The platform's time. */
export const systemClock: Clock = {
  now: () => performance.now() / 1000,
  schedule: (delayS, action) => {
    const timer = setTimeout(action, delayS * 1000);
    return () => clearTimeout(timer);
  },
};
