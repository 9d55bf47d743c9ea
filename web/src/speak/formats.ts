/** What the page can play of the server's formats. */

interface PageFormat {
  readonly name: string;
  readonly label: string;
}

/** Each is played as it comes; the rest would have to be unpacked first. */
export const FORMATS: readonly PageFormat[] = [
  { name: "pcm_24000", label: "PCM 24 kHz" },
  { name: "pcm_48000", label: "PCM 48 kHz" },
  { name: "pcm_44100", label: "PCM 44.1 kHz" },
  { name: "pcm_16000", label: "PCM 16 kHz" },
  { name: "ulaw_8000", label: "µ-law 8 kHz" },
];
