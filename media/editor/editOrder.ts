import type { HeldCommand } from '../../src/shared/protocol';
import { latinKey } from './keys';

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** The VS Code command that a key stands for by default, if it must not overtake an edit; null for any other key. */
export function commandOfKey(press: KeyPress): HeldCommand | null {
  const { ctrlKey, metaKey, shiftKey, altKey } = press;
  if (altKey || !(ctrlKey || metaKey)) return null;
  switch (latinKey(press)) {
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
 * Leaves keys in a box to the browser: undo and redo where something is typed, since VS Code would undo an edit of the disk;
 * and select all, which VS Code would do once more a moment later, over what is typed by then.
 */
export function keepKeysOfBox(
  event: KeyPress & Pick<KeyboardEvent, 'stopPropagation'>,
  isTyped: boolean,
): void {
  const { ctrlKey, metaKey, shiftKey, altKey } = event;
  const selectsAll = (ctrlKey || metaKey) && !shiftKey && !altKey && latinKey(event) === 'a';
  const command = commandOfKey(event);
  if (selectsAll || (isTyped && (command === 'undo' || command === 'redo'))) event.stopPropagation();
}

/**
 * Keeps edits and the commands about them in the order in which they were typed. VS Code learns of an edit only when
 * the extension has made it: an undo or a save that went straight to VS Code would not include the edits still under way.
 * Of two undos at once VS Code refuses the second, and what is undone during a save it takes for saved: each command waits
 * for the one before it.
 */
export class EditOrder {
  readonly #underWay = new Set<Promise<void>>();
  #lastCommand: Promise<void> | null = null;

  /** @param onBusy called when the first work begins (true) and when the last one ends (false) */
  constructor(private readonly onBusy: (isBusy: boolean) => void) {}

  /** Sends an edit: now, or after the command that was typed before it. `send` reports its own failure. */
  edit(send: () => Promise<void>): void {
    this.#follow(this.#lastCommand ? this.#lastCommand.then(send) : send());
  }

  /** Runs a command after the edits and commands before it. `run` reports its own failure. */
  hold(run: () => Promise<void>): void {
    const command = Promise.allSettled([...this.#underWay]).then(run);
    const settled = command.catch(() => undefined);
    this.#lastCommand = settled;
    this.#follow(
      command.finally(() => {
        if (this.#lastCommand === settled) this.#lastCommand = null;
      }),
    );
  }

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
