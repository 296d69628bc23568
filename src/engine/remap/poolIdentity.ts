const VERSION = 1;
const ID_BYTES = 16;
const HEADER_BYTES = 16;

/** The most spares that a device can have. */
export const MAX_POOL_MEMBERS = 16;

/** What a spare of a pool keeps in its `expansion_data` (FORMAT.md, section 7): which one it is, and how current. */
export interface PoolIdentity {
  /** 32 hexadecimal digits, the same on every spare of the pool. */
  readonly id: string;
  readonly index: number;
  /** Spares of the pool. */
  readonly count: number;
  /** Raised with each commit to the pool: a spare with a lower one has missed a commit. */
  readonly epoch: number;
  /** Indexes of the spares that took part in the commit. */
  readonly present: readonly number[];
}

/** The bytes that go into a spare's `expansion_data` (FORMAT.md). */
export function encodePoolIdentity(identity: PoolIdentity): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES + ID_BYTES);
  bytes[0] = VERSION;
  bytes[1] = identity.index;
  bytes[2] = identity.count;
  bytes.writeUInt32LE(
    identity.present.reduce((mask, index) => mask | (1 << index), 0),
    4,
  );
  bytes.writeUIntLE(identity.epoch, 8, 6);
  bytes.write(identity.id, HEADER_BYTES, ID_BYTES, 'hex');
  return new Uint8Array(bytes);
}

/** Reads the bytes of {@link encodePoolIdentity}; null when they name no pool or can't be understood. */
export function decodePoolIdentity(bytes: Uint8Array | undefined): PoolIdentity | null {
  if (!bytes || bytes.length < HEADER_BYTES + ID_BYTES || bytes[0] !== VERSION) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const index = view[1]!;
  const count = view[2]!;
  if (index >= count || count > MAX_POOL_MEMBERS) return null;
  const mask = view.readUInt32LE(4);
  return {
    id: view.toString('hex', HEADER_BYTES, HEADER_BYTES + ID_BYTES),
    index,
    count,
    epoch: view.readUIntLE(8, 6),
    present: Array.from({ length: count }, (_, i) => i).filter((i) => (mask & (1 << i)) !== 0),
  };
}
