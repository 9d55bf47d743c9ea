import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

import { WORKLET_TEXT } from "../dist/devices/worklet-text.js";

interface Processor {
  readonly port: Port;
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

type ProcessorClass = new (options: { processorOptions: object }) => Processor;

class Port {
  readonly posted: Record<string, unknown>[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;

  postMessage(message: Record<string, unknown>): void {
    this.posted.push(message);
  }
}

/** An audio thread of 48 kHz that has loaded the text as often as told. */
function audioThread(loads: number): Map<string, ProcessorClass> {
  const registered = new Map<string, ProcessorClass>();
  const scope = createContext({
    sampleRate: 48000,
    currentTime: 0,
    AudioWorkletProcessor: class {
      readonly port = new Port();
    },
    registerProcessor: (name: string, processor: ProcessorClass) => {
      assert.ok(!registered.has(name), `${name} is registered twice`);
      registered.set(name, processor);
    },
  });
  for (let n = 0; n < loads; n += 1) runInContext(WORKLET_TEXT, scope);
  return registered;
}

test("the text is that of the sources", () => {
  const directory = mkdtempSync(join(tmpdir(), "worklets-"));
  const made = join(directory, "worklet-text.ts");
  execFileSync(process.execPath, ["scripts/worklets.mjs", made]);
  assert.equal(readFileSync("src/devices/worklet-text.ts", "utf8"), readFileSync(made, "utf8"));
  rmSync(directory, { recursive: true });
});

test("a context that both devices share may load it twice", () => {
  assert.deepEqual([...audioThread(2).keys()], ["vivavoce-capture", "vivavoce-playback"]);
});

test("the microphone's processor posts pieces at the rate that was asked for", () => {
  const Capture = audioThread(1).get("vivavoce-capture")!;
  const capture = new Capture({ processorOptions: { sampleRate: 16000, pieceMs: 20 } });
  for (let n = 0; n < 100; n += 1) assert.ok(capture.process([[new Float32Array(128).fill(0.5)]], []));
  assert.equal(capture.port.posted.length, 13);
  assert.equal((capture.port.posted[5]?.["samples"] as Int16Array).length, 320);
  assert.ok(capture.process([[]], []));
  capture.port.onmessage?.({ data: "over" });
  assert.equal(capture.process([[]], []), false);
});

test("the loudspeaker's processor plays what it is posted, and tells how far it is", () => {
  const Playback = audioThread(1).get("vivavoce-playback")!;
  const playback = new Playback({ processorOptions: { targetMs: 20 } });
  const samples = new Int16Array(1600).fill(16384);
  playback.port.onmessage?.({ data: { type: "push", samples, sampleRate: 16000, eventId: 3 } });
  const outputs = [new Float32Array(128), new Float32Array(128)];
  for (let n = 0; n < 20; n += 1) assert.ok(playback.process([], [outputs]));
  assert.ok(Math.abs(outputs[0]![100]! - 0.5) < 0.01);
  assert.deepEqual(outputs[0], outputs[1]);
  assert.equal(playback.port.posted.at(-1)?.["eventId"], 3);
  playback.port.onmessage?.({ data: { type: "interrupt", eventId: 3 } });
  for (let n = 0; n < 20; n += 1) playback.process([], [outputs]);
  assert.ok(outputs[0]!.every((sample) => sample === 0));
  playback.port.onmessage?.({ data: { type: "over" } });
  assert.equal(playback.process([], [outputs]), false);
});
