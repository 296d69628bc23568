import { type ExtInode, MAP_AT, MAP_BYTES, OLD_INODE_END } from './inode';

const MAGIC = 0xea020000;
const HEADER_BYTES = 4;
const ENTRY_BYTES = 16;
const SYSTEM_INDEX = 7;
const DATA_NAME = 'data';

/** A run of an inode's bytes that holds content of its file. */
export interface InlineRun {
  readonly bytes: Uint8Array;
  /** From the start of the inode. */
  readonly at: number;
}

/** The contents of a file that its inode holds; undefined where it hasn't as many bytes as it says. */
export function inlineContents(inode: ExtInode): Uint8Array | undefined {
  const contents = Buffer.concat(inlineRuns(inode).map(({ bytes }) => bytes));
  return contents.length >= inode.size ? contents.subarray(0, inode.size) : undefined;
}

/** The content that an inode holds itself: in place of its map, and in an attribute within the inode. */
export function inlineRuns(inode: ExtInode): InlineRun[] {
  const rest = attributeRun(inode.bytes());
  return [{ bytes: inode.bytes(MAP_AT, MAP_AT + MAP_BYTES), at: MAP_AT }, ...(rest ? [rest] : [])];
}

/** The value of the attribute `system.data`; undefined where there is none. */
function attributeRun(bytes: Uint8Array): InlineRun | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length <= OLD_INODE_END) return;
  const header = OLD_INODE_END + view.getUint16(0x80, true);
  if (header + HEADER_BYTES > bytes.length || view.getUint32(header, true) !== MAGIC) return;
  const first = header + HEADER_BYTES;
  for (let at = first; at + ENTRY_BYTES <= bytes.length; ) {
    const nameLength = bytes[at]!;
    if (nameLength === 0 && bytes[at + 1] === 0) return;
    const name = Buffer.from(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength)).toString(
      'latin1',
    );
    if (bytes[at + 1] === SYSTEM_INDEX && name === DATA_NAME) {
      const start = first + view.getUint16(at + 2, true);
      const end = start + view.getUint32(at + 8, true);
      return end <= bytes.length && end > start
        ? { bytes: bytes.subarray(start, end), at: start }
        : undefined;
    }
    at += Math.ceil((ENTRY_BYTES + nameLength) / 4) * 4;
  }
  return;
}
