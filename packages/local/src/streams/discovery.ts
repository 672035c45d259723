import { pause, type Waiting } from './pause.js';

/** How often it is looked at whether there is something to do, milliseconds. */
const STEP_MS = 100;

/** When to look for new shards: now and then, and at once after one has ended. */
export class Discovery {
  readonly #ports: Waiting & { readonly discoverMs: number };
  #isRequested = false;

  constructor(ports: Waiting & { readonly discoverMs: number }) {
    this.#ports = ports;
  }

  /** Has shards looked for without further delay. */
  request(): void {
    this.#isRequested = true;
  }

  /** Looks for shards, again and again, until the signal is aborted. */
  async run(discover: () => Promise<void>): Promise<void> {
    const { signal, discoverMs } = this.#ports;
    let waitedMs = 0;
    while (!signal.aborted) {
      if (this.#isRequested || waitedMs >= discoverMs) {
        this.#isRequested = false;
        waitedMs = 0;
        await discover();
      }
      await pause(STEP_MS, this.#ports);
      waitedMs += STEP_MS;
    }
  }
}
