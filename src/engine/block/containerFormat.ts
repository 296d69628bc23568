import { RemapError } from '../errors';
import type { OpenFile } from '../outside/fileSystem';

/** A file format that holds a disk, or anything else, packed: its bytes are not the disk's. */
export interface Container {
  /** Short and stable: `qcow2`, `gzip`. */
  readonly format: string;
  /** The command that makes a raw image of it; FILE and NEW stand for the names. */
  readonly unpack: string;
}

interface Format extends Container {
  /** How the file begins: one of these, each as bytes in Latin-1. */
  readonly begins?: readonly string[];
  /** Tells the format where that isn't enough. */
  readonly is?: (head: string, tail: string) => boolean;
}

const CONVERT = 'qemu-img convert -O raw FILE NEW';

/** A raw disk that begins with the same bytes is taken for one of these, so the longest known magic counts. */
const FORMATS: readonly Format[] = [
  {
    format: 'qcow2',
    begins: ['QFI\xfb\0\0\0\x01', 'QFI\xfb\0\0\0\x02', 'QFI\xfb\0\0\0\x03'],
    unpack: CONVERT,
  },
  { format: 'VMDK', begins: ['KDMV', 'COWD', '# Disk DescriptorFile'], unpack: CONVERT },
  { format: 'VDI', is: (head) => head.slice(0x40, 0x44) === '\x7f\x10\xda\xbe', unpack: CONVERT },
  { format: 'VHDX', begins: ['vhdxfile'], unpack: CONVERT },
  { format: 'VHD', is: isVhd, unpack: 'qemu-img convert -f vpc -O raw FILE NEW' },
  {
    format: 'E01',
    begins: ['EVF\x09\x0d\x0a\xff\0', 'EVF2\x0d\x0a\x81\0', 'LVF\x09\x0d\x0a\xff\0'],
    unpack: 'ewfexport -f raw -t NEW FILE',
  },
  { format: 'AFF', begins: ['AFF10\r\n\0'], unpack: 'affcat FILE > NEW' },
  { format: 'gzip', is: isGzip, unpack: 'gzip -dc FILE > NEW' },
  { format: 'zstd', begins: ['\x28\xb5\x2f\xfd'], unpack: 'zstd -dc FILE > NEW' },
  { format: 'xz', begins: ['\xfd7zXZ\0'], unpack: 'xz -dc FILE > NEW' },
  { format: 'bzip2', is: (head) => /^BZh[1-9]1AY&SY/.test(head), unpack: 'bzip2 -dc FILE > NEW' },
  { format: 'zip', begins: ['PK\x03\x04'], unpack: 'unzip FILE' },
  { format: '7z', begins: ['7z\xbc\xaf\x27\x1c'], unpack: '7z x FILE' },
];

/** What of a file's start and end is looked at. */
const LOOK_BYTES = 512;

/** The container format that a file has, by its first and last 512 bytes; null: none that is known. */
export function containerOf(head: Uint8Array, tail: Uint8Array): Container | null {
  const [first, last] = [head, tail].map((bytes) => Buffer.from(bytes).toString('latin1')) as [
    string,
    string,
  ];
  const found = FORMATS.find(
    ({ begins, is }) => begins?.some((magic) => first.startsWith(magic)) || is?.(first, last),
  );
  return found ? { format: found.format, unpack: found.unpack } : null;
}

/** As {@link containerOf}, of an open file. */
export async function readContainer(file: OpenFile, byteCount: number): Promise<Container | null> {
  const length = Math.min(byteCount, LOOK_BYTES);
  const [head, tail] = await Promise.all(
    [0, byteCount - length].map((position) => file.read(Buffer.alloc(length), 0, length, position)),
  );
  return containerOf(head!.buffer.subarray(0, head!.bytesRead), tail!.buffer.subarray(0, tail!.bytesRead));
}

/** Why a container isn't opened as a disk: a write would destroy it. `details.container` is its format. */
export function containerRefused(path: string, { format, unpack }: Container): RemapError {
  const advice = `make one of it (${unpack}) and use that`;
  return new RemapError('EINVAL', `${path} is a ${format} file, not a raw disk image: ${advice}`, {
    path,
    container: format,
  });
}

/** A dynamic VHD begins with a copy of its footer. A fixed one is a raw disk with a footer after it; an old footer lacks a byte. */
function isVhd(head: string, tail: string): boolean {
  return [head, tail, tail.slice(1)].some((text) => text.startsWith('conectix'));
}

/** The magic, the only method there is, and no flag that isn't defined. */
function isGzip(head: string): boolean {
  return head.startsWith('\x1f\x8b\x08') && (head.charCodeAt(3) & 0xe0) === 0;
}
