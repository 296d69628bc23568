/** Encodes attributes of MFT records, from the page of facts alone: it shares no code with the reader. */

export const FILE_NAME = 0x30;
export const DATA = 0x80;
export const INDEX_ROOT = 0x90;
export const INDEX_ALLOCATION = 0xa0;
export const BITMAP = 0xb0;
export const REPARSE_POINT = 0xc0;
export const ATTRIBUTE_LIST = 0x20;

/** A run of clusters; `lcn` null is a hole. */
export type TestRun = readonly [lcn: number | null, clusterCount: number];

export interface AttributeOptions {
  readonly name?: string;
  readonly flags?: number;
  readonly id?: number;
}

export interface NonResidentOptions extends AttributeOptions {
  readonly firstVcn?: number;
  readonly clusterBytes?: number;
  readonly size?: number;
  readonly initialised?: number;
  readonly allocated?: number;
  readonly unitLog?: number;
}

const HEAD = { resident: 0x18, nonResident: 0x40, packed: 0x48 };

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

export function resident(type: number, value: Uint8Array, options: AttributeOptions = {}): Buffer {
  const name = utf16(options.name ?? '');
  const valueAt = aligned(HEAD.resident + name.length);
  const bytes = Buffer.alloc(aligned(valueAt + value.length));
  writeHead(bytes, type, options, HEAD.resident);
  bytes.writeUInt32LE(value.length, 0x10);
  bytes.writeUInt16LE(valueAt, 0x14);
  bytes.set(value, valueAt);
  return bytes;
}

export function nonResident(
  type: number,
  runs: readonly TestRun[],
  options: NonResidentOptions = {},
): Buffer {
  const { firstVcn = 0, clusterBytes = 1024, unitLog = 0 } = options;
  const clusters = runs.reduce((sum, [, count]) => sum + count, 0);
  const head = unitLog > 0 ? HEAD.packed : HEAD.nonResident;
  const name = utf16(options.name ?? '');
  const list = encodeRuns(runs);
  const listAt = aligned(head + name.length);
  const bytes = Buffer.alloc(aligned(listAt + list.length));
  writeHead(bytes, type, options, head);
  bytes[8] = 1;
  bytes.writeBigUInt64LE(BigInt(firstVcn), 0x10);
  bytes.writeBigInt64LE(BigInt(firstVcn + clusters - 1), 0x18);
  bytes.writeUInt16LE(listAt, 0x20);
  bytes[0x22] = unitLog;
  if (firstVcn === 0) {
    const allocated = options.allocated ?? clusters * clusterBytes;
    const size = options.size ?? allocated;
    bytes.writeBigUInt64LE(BigInt(allocated), 0x28);
    bytes.writeBigUInt64LE(BigInt(size), 0x30);
    bytes.writeBigUInt64LE(BigInt(options.initialised ?? size), 0x38);
  }
  bytes.set(list, listAt);
  return bytes;
}

function writeHead(bytes: Buffer, type: number, options: AttributeOptions, nameAt: number): void {
  const name = utf16(options.name ?? '');
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes[9] = name.length / 2;
  bytes.writeUInt16LE(nameAt, 0x0a);
  bytes.writeUInt16LE(options.flags ?? 0, 0x0c);
  bytes.writeUInt16LE(options.id ?? 0, 0x0e);
  bytes.set(name, nameAt);
}

/** @param width pads each number of a run to so many bytes, as is allowed */
export function encodeRuns(runs: readonly TestRun[], width = 0): Buffer {
  const bytes: number[] = [];
  let before = 0;
  for (const [lcn, count] of runs) {
    const length = signedBytes(count, width);
    const offset = lcn === null ? [] : signedBytes(lcn - before, width);
    bytes.push(length.length | (offset.length << 4), ...length, ...offset);
    before = lcn ?? before;
  }
  return Buffer.from([...bytes, 0]);
}

function signedBytes(value: number, width: number): number[] {
  let size = Math.max(width, 1);
  while (value >= 2 ** (size * 8 - 1) || value < -(2 ** (size * 8 - 1))) size++;
  const whole = BigInt.asUintN(64, BigInt(value));
  return Array.from({ length: size }, (_, i) => Number((whole >> BigInt(i * 8)) & 0xffn));
}

export function reference(record: number, sequence = 1): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntLE(record, 0, 6);
  bytes.writeUInt16LE(sequence, 6);
  return bytes;
}

/** The value of a $FILE_NAME. @param nameSpace 0 POSIX, 1 Win32, 2 DOS, 3 both */
export function nameValue(parent: Buffer, name: string, nameSpace = 1, isDirectory = false): Buffer {
  const bytes = Buffer.alloc(0x42 + name.length * 2);
  bytes.set(parent, 0);
  bytes.writeUInt32LE(isDirectory ? 0x1000_0000 : 0x20, 0x38);
  bytes[0x40] = name.length;
  bytes[0x41] = nameSpace;
  bytes.set(utf16(name), 0x42);
  return bytes;
}

export interface ListEntry {
  readonly type: number;
  readonly record: Buffer;
  readonly name?: string;
  readonly firstVcn?: number;
}

/** The value of an attribute list. */
export function listValue(entries: readonly ListEntry[]): Buffer {
  return Buffer.concat(
    entries.map(({ type, record, name = '', firstVcn = 0 }) => {
      const bytes = Buffer.alloc(aligned(0x1a + name.length * 2));
      bytes.writeUInt32LE(type, 0);
      bytes.writeUInt16LE(bytes.length, 4);
      bytes[6] = name.length;
      bytes[7] = 0x1a;
      bytes.writeBigUInt64LE(BigInt(firstVcn), 8);
      bytes.set(record, 0x10);
      bytes.set(utf16(name), 0x1a);
      return bytes;
    }),
  );
}

/** One entry of a folder's index. */
export function indexEntry(file: Buffer, name: Buffer): Buffer {
  const bytes = Buffer.alloc(aligned(0x10 + name.length));
  bytes.set(file, 0);
  bytes.writeUInt16LE(bytes.length, 8);
  bytes.writeUInt16LE(name.length, 0x0a);
  bytes.set(name, 0x10);
  return bytes;
}

function node(entries: readonly Buffer[], firstAt: number): Buffer {
  const last = Buffer.alloc(0x10);
  last.writeUInt16LE(0x10, 8);
  last.writeUInt16LE(2, 0x0c);
  const body = Buffer.concat([...entries, last]);
  const bytes = Buffer.concat([Buffer.alloc(firstAt), body]);
  bytes.writeUInt32LE(firstAt, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.writeUInt32LE(bytes.length, 8);
  return bytes;
}

/** The value of an $INDEX_ROOT. */
export function rootValue(entries: readonly Buffer[], blockBytes = 4096): Buffer {
  const head = Buffer.alloc(0x10);
  head.writeUInt32LE(FILE_NAME, 0);
  head.writeUInt32LE(1, 4);
  head.writeUInt32LE(blockBytes, 8);
  head[0x0c] = 1;
  return Buffer.concat([head, node(entries, 0x10)]);
}

/** An index block with its fixups. @param vcn its number in units of clusters, or of 512 bytes where these are larger */
export function indexBlock(entries: readonly Buffer[], vcn: number, blockBytes = 4096): Buffer {
  const bytes = Buffer.alloc(blockBytes);
  bytes.write('INDX', 'latin1');
  bytes.writeBigUInt64LE(BigInt(vcn), 0x10);
  bytes.set(node(entries, 0x28), 0x18);
  bytes.writeUInt16LE(0x28, 4);
  return withFixups(bytes);
}

/** Sets the fixups of a record or block whose place for them is at the offset that it names. */
export function withFixups(bytes: Buffer): Buffer {
  const at = bytes.readUInt16LE(4);
  const strides = bytes.length / 512;
  bytes.writeUInt16LE(strides + 1, 6);
  bytes.writeUInt16LE(0x0007, at);
  for (let i = 1; i <= strides; i++) {
    bytes.writeUInt16LE(bytes.readUInt16LE(i * 512 - 2), at + i * 2);
    bytes.writeUInt16LE(0x0007, i * 512 - 2);
  }
  return bytes;
}
