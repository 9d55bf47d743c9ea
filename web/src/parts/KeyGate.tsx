import { useSignal } from "@preact/signals";
import type { Catalogue } from "../catalogue.ts";
import { say } from "../words/words.ts";

/** Until the server has let the page in: what it is waiting for. */
export function KeyGate({ catalogue }: { catalogue: Catalogue }) {
  switch (catalogue.state.value) {
    case "key":
      return <KeyForm catalogue={catalogue} />;
    case "away":
      return (
        <div class="gate card" role="alert">
          <p>{say("serverAway")}</p>
          <button type="button" class="button" onClick={() => void catalogue.load()}>
            {say("again")}
          </button>
        </div>
      );
    default:
      return <p class="gate quiet" role="status">{say("loading")}</p>;
  }
}

function KeyForm({ catalogue }: { catalogue: Catalogue }) {
  const { server } = catalogue;
  const key = useSignal("");
  const isWrong = useSignal(server.key.peek() !== "");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    isWrong.value = false;
    server.useKey(key.peek().trim());
    await catalogue.load();
    if (catalogue.state.peek() !== "key") return;
    server.useKey("");
    isWrong.value = true;
  };
  return (
    <form class="gate card" onSubmit={submit}>
      <p id="key-title">{say("keyTitle")}</p>
      <label class="field">
        <span>{say("keyLabel")}</span>
        <input
          type="password"
          name="api-key"
          autocomplete="off"
          required
          aria-describedby="key-hint"
          aria-invalid={isWrong.value}
          value={key.value}
          onInput={(event) => (key.value = event.currentTarget.value)}
        />
      </label>
      <p id="key-hint" class="quiet small">{say("keyHint")}</p>
      {isWrong.value && <p class="notice" role="alert">{say("keyWrong")}</p>}
      <button class="button main">{say("keyGo")}</button>
    </form>
  );
}
