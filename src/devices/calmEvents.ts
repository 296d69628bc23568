import type { MachineEvent } from '../engine';

/** A scenario does thousands of writes a second; views and editors need to hear of them only this often. */
const HOLD_MS = 100;

/** Passes a machine's events on in their order; the frequent kinds are held for a moment, and equal ones merged. */
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
    // Several events become one without sectors, which stands for a change of any sector.
    this.#held.set(key, isFirst ? event : { kind: event.kind, device: event.device });
    this.#timer ??= setTimeout(() => this.flush(), HOLD_MS);
  }

  /** Sends now the events that are held. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = [...this.#held.values()];
    this.#held.clear();
    for (const event of events) this.send(event);
  }
}
