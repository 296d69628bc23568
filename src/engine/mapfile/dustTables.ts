import { BlockUnit } from './blockList';
import type { LineScanner } from './lineScanner';

const DECIMAL = /^\d{1,15}$/;

/**
 * The tables of the dm-dust devices that a script makes: they say how large blocks are and where block 0 is. The kernel
 * counts blocks from the start of the device below, so the offset in the table counts too.
 */
export class DustTables {
  readonly #units = new Map<string, BlockUnit>();
  /** Of the newest table, for messages to a device that the script names otherwise, or not at all. */
  #newest: BlockUnit | undefined;
  /** The newest name that `dmsetup create` was given: its table may stand on a later line. */
  #name: string | undefined;

  constructor(
    private readonly options: {
      readonly blockSize?: number | undefined;
      readonly sectorCount?: number;
    },
    private readonly scanner: LineScanner,
  ) {}

  /**
   * Takes note of the table in a command, if there is one.
   * @throws RemapError `EINVAL` naming the scanner's line for a table whose numbers aren't numbers, unless it is the
   * size of a block and the caller has given one
   */
  read(words: readonly string[]): void {
    const create = words.indexOf('create');
    if (create >= 0) this.#name = shortName(words[create + 1]);
    const start = words.findIndex((word) => DECIMAL.test(word));
    const target = words.indexOf('dust', start);
    if (start < 0 || target < 0 || target + 3 >= words.length) return;
    const offset = this.#number(words[target + 2]!);
    const blockSize = this.#blockSize(words[target + 3]!);
    this.#newest = new BlockUnit({ ...this.options, blockSize }, Number(words[start]) - offset);
    if (this.#name !== undefined) this.#units.set(this.#name, this.#newest);
  }

  /** How a device counts its blocks; undefined: the script has no table. */
  unitOf(device: string | undefined): BlockUnit | undefined {
    const name = shortName(device);
    return (name === undefined ? undefined : this.#units.get(name)) ?? this.#newest;
  }

  #blockSize(word: string): number {
    return DECIMAL.test(word) || this.options.blockSize === undefined
      ? this.#number(word)
      : this.options.blockSize;
  }

  #number(word: string): number {
    return decimalOf(word, this.scanner, ' in the table of dm-dust');
  }
}

/**
 * A decimal number of a script.
 * @param where what an error says after the word
 * @throws RemapError `EINVAL` naming the scanner's line for any other word
 */
export function decimalOf(word: string, scanner: LineScanner, where = ''): number {
  if (DECIMAL.test(word)) return Number(word);
  throw scanner.invalid(`'${word}'${where} is not a decimal number`);
}

function shortName(device: string | undefined): string | undefined {
  return device?.replace(/^\/dev\/mapper\//, '');
}
