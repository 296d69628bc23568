import type { ImagePlace } from './imagePlace';

/** A little less than the second within which a displaced image must be noticed (R13). */
const PERIOD_MS = 900;

/**
 * Looks at the place of an open image again and again. It does so without I/O too: that costs one look-up of a name, and an
 * idle device tells that its image is gone as soon as a busy one.
 */
export class PlaceWatch {
  readonly #timer: NodeJS.Timeout;
  #isStopped = false;

  /** @param beside what else to look at each time, after the place */
  constructor(place: ImagePlace, beside: () => Promise<void> = async () => undefined) {
    this.#timer = setTimeout(() => {
      const again = (): void => {
        if (!this.#isStopped && !place.displacement) this.#timer.refresh();
      };
      // A displacement is told to the place's listener. Anything else may go by, and is met again by the next flush.
      place.check().then(beside).then(again, again);
    }, PERIOD_MS);
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}
