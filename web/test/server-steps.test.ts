import assert from "node:assert/strict";
import { test } from "node:test";
import { serverSteps } from "../src/talk/server-steps.ts";

test("the server's seconds after the caller's last sound become steps", () => {
  const steps = serverSteps({
    vivavoce_endpoint_after_speech: 0.2,
    vivavoce_first_audio_after_speech: 0.45,
    convai_llm_service_ttfb: 0.1,
  });
  assert.deepEqual(
    steps.map((step) => [step.name, Math.round(step.startMs), Math.round(step.endMs), step.by]),
    [
      ["turn_over", 0, 200, "server"],
      ["first_audio", 200, 450, "server"],
    ],
  );
});
