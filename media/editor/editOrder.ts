import type { HeldCommand } from '../../src/shared/protocol';

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** The command of VS Code's that a key means by default and that must not overtake an edit; null for any other key. */
export function commandOfKey({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress): HeldCommand | null {
  if (altKey || !(ctrlKey || metaKey)) return null;
  switch (key.toLowerCase()) {
    case 'z':
      return shiftKey ? 'redo' : 'undo';
    case 'y':
      return shiftKey ? null : 'redo';
    case 's':
      return shiftKey ? null : 'save';
    default:
      return null;
  }
}

/**
 * Keeps edits and the commands about them in the order in which they were typed. VS Code learns of an edit only when the
 * extension host has made it, so a key that came straight from here would undo, or save, what was there before it.
 */
export class EditOrder {
  readonly #underWay = new Set<Promise<void>>();
  #lastCommand: Promise<void> | null = null;

  /** @param onBusy told whether anything is under way, when that changes */
  constructor(private readonly onBusy: (isBusy: boolean) => void) {}

  /** Sends an edit: now, or behind the command that it was typed behind. */
  edit(send: () => Promise<void>): void {
    this.#follow(this.#lastCommand ? this.#lastCommand.then(send) : send());
  }

  /** True if the command waits for the edits before it and then runs; false if there is nothing to wait for. */
  hold(run: () => Promise<void>): boolean {
    if (this.#underWay.size === 0) return false;
    const command = Promise.allSettled([...this.#underWay]).then(run);
    const settled = command.catch(() => undefined);
    this.#lastCommand = settled;
    this.#follow(
      command.finally(() => {
        if (this.#lastCommand === settled) this.#lastCommand = null;
      }),
    );
    return true;
  }

  /** What fails is reported by whoever sent it. */
  #follow(work: Promise<void>): void {
    this.#underWay.add(work);
    if (this.#underWay.size === 1) this.onBusy(true);
    const end = () => {
      this.#underWay.delete(work);
      if (this.#underWay.size === 0) this.onBusy(false);
    };
    work.then(end, end);
  }
}
