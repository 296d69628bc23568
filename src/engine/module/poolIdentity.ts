const VERSION = 1;
const ID_BYTES = 16;

/** Which spare of which pool a spare is: kept in the `expansion_data` of each. */
export class PoolIdentity {
  constructor(
    /** 32 hexadecimal digits, the same on every spare of the pool. */
    readonly id: string,
    readonly index: number,
    readonly count: number,
  ) {}

  /** Null for a spare that belongs to no pool. */
  static decode(bytes: Uint8Array | undefined): PoolIdentity | null {
    if (!bytes || bytes.length < 3 + ID_BYTES || bytes[0] !== VERSION) return null;
    const [, index = 0, count = 0] = bytes;
    if (index >= count) return null;
    return new PoolIdentity(Buffer.from(bytes.subarray(3, 3 + ID_BYTES)).toString('hex'), index, count);
  }

  encode(): Uint8Array {
    return Uint8Array.from([VERSION, this.index, this.count, ...Buffer.from(this.id, 'hex')]);
  }
}
