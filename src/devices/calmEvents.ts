import type { MachineEvent } from '../engine';

/** Scenarios do thousands of writes a second; whoever follows them needs no more than so many looks. */
const HOLD_MS = 100;

/** Passes a machine's events on in their order, with those that come thousandfold held for a moment and put together. */
export class CalmEvents {
  readonly #held = new Map<string, MachineEvent>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (event: MachineEvent) => void) {}

  take(event: MachineEvent): void {
    if (event.kind !== 'changed' && event.kind !== 'sectors') {
      this.flush();
      this.send(event);
      return;
    }
    const key = `${event.kind} ${event.device}`;
    const isFirst = !this.#held.has(key);
    // Of several changes only that there were some is kept: any sector.
    this.#held.set(key, isFirst ? event : { kind: event.kind, device: event.device });
    this.#timer ??= setTimeout(() => this.flush(), HOLD_MS);
  }

  /** Sends what is held. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = [...this.#held.values()];
    this.#held.clear();
    for (const event of events) this.send(event);
  }
}
