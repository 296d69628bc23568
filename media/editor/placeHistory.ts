import { isViewId, type ViewId } from '../../src/shared/protocol';

/** A byte that a person was at. */
export interface Stop {
  readonly view: ViewId;
  readonly byteOffset: number;
}

/** The places to go back and forward to, the nearest last. */
export interface Stops {
  readonly back: readonly Stop[];
  readonly forward: readonly Stop[];
}

/** Most places that are kept in each direction: the nearest. */
const MAX_STOPS = 50;

/** The places that were left by going elsewhere, as those of a browser: going somewhere new drops those ahead. */
export class PlaceHistory {
  #back: Stop[];
  #forward: Stop[];

  constructor({ back, forward }: Stops = { back: [], forward: [] }) {
    this.#back = [...back];
    this.#forward = [...forward];
  }

  get stops(): Stops {
    return { back: this.#back, forward: this.#forward };
  }

  /** A place was left for another one. */
  leave(here: Stop): void {
    if (!isSame(this.#back.at(-1), here)) this.#back.push(here);
    this.#back = this.#back.slice(-MAX_STOPS);
    this.#forward = [];
  }

  /**
   * The place to go to from `here`, which is kept for the other direction; null if there is none.
   * @param exists false for a place that can't be shown any more, which is forgotten
   */
  step(direction: 'back' | 'forward', here: Stop, exists: (stop: Stop) => boolean): Stop | null {
    const [from, to] = direction === 'back' ? [this.#back, this.#forward] : [this.#forward, this.#back];
    for (let stop = from.pop(); stop; stop = from.pop()) {
      if (!exists(stop) || isSame(stop, here)) continue;
      to.push(here);
      return stop;
    }
    return null;
  }
}

/** What an earlier page saved, or no places if the value doesn't have that form. */
export function parseStops(value: unknown): Stops {
  const { back, forward } = (value ?? {}) as Record<string, unknown>;
  const valid = Array.isArray(back) && Array.isArray(forward) && [...back, ...forward].every(isStop);
  return valid ? { back, forward } : { back: [], forward: [] };
}

function isStop(value: unknown): value is Stop {
  const { view, byteOffset } = (value ?? {}) as Record<string, unknown>;
  return isViewId(view) && Number.isSafeInteger(byteOffset) && (byteOffset as number) >= 0;
}

function isSame(a: Stop | undefined, b: Stop): boolean {
  return a?.view === b.view && a.byteOffset === b.byteOffset;
}
