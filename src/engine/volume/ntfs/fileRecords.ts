import type { Doubt, FilePart, FileRecord } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import { TYPE, typeName } from './attribute';
import { type Gathered, gatherAttributes } from './attributeList';
import { type AttributeStream, joinStreams } from './attributeStream';
import { type FileName, isWindowsOverlay, namesOf } from './fileNames';
import { isMain, partsOf } from './fileParts';
import type { Mft } from './mft';
import type { MftRecord } from './mftRecord';
import { ROOT_RECORD } from './paths';

const EXTEND_RECORD = 11;
/** The records of the file system itself, besides the root and $Extend. */
const SYSTEM_FILES = [
  '$MFT',
  '$MFTMirr',
  '$LogFile',
  '$Volume',
  '$AttrDef',
  '.',
  '$Bitmap',
  '$Boot',
  '$BadClus',
  '$Secure',
  '$UpCase',
  '$Extend',
];
const RESERVED_RECORDS = 16;
/** A record of more parts is given in pieces. */
const MOST_PARTS = 10_000;

/** What a file is: a folder, a file, or one of the file system's own. */
export function kindOf(
  number: number,
  isDirectory: boolean,
  names: readonly FileName[],
): Pick<FileRecord, 'kind' | 'what'> {
  if (isDirectory || number === ROOT_RECORD || number === EXTEND_RECORD) return { kind: 'dir' };
  if (number < RESERVED_RECORDS) return { kind: 'meta', what: SYSTEM_FILES[number] ?? 'reserved MFT record' };
  const extending = names.find(({ parent }) => parent.record === EXTEND_RECORD);
  return extending ? { kind: 'meta', what: extending.name } : { kind: 'file' };
}

/**
 * A file by its own record, all its parts given in pieces of a bounded size, at least one; none for a reserved record
 * that has neither name nor parts.
 */
export async function* piecesOf(record: MftRecord, mft: Mft): AsyncGenerator<FileRecord> {
  const gathered = await gatherAttributes(record, mft);
  for (const piece of pieces(record.number, record.isDirectory, gathered, mft)) {
    const isReserved = record.number < RESERVED_RECORDS && namesOf(gathered.attributes).length === 0;
    if (!isReserved || piece.parts.length > 0 || piece.doubts.length > 0) yield piece;
  }
}

/** What an extension record says of a file whose own record doesn't lead to it, since it can't be read. */
export function* orphanPieces(
  extension: MftRecord,
  base: number,
  doubts: readonly Doubt[],
  mft: Mft,
): Generator<FileRecord> {
  const isDirectory = extension.attributes.some(
    ({ type, name }) => type === TYPE.indexAllocation && name === '$I30',
  );
  yield* pieces(base, isDirectory, { attributes: extension.attributes, doubts, knowsRecords: false }, mft);
}

function* pieces(number: number, isDirectory: boolean, gathered: Gathered, mft: Mft): Generator<FileRecord> {
  const { attributes } = gathered;
  const streams = joinStreams(attributes, mft.geometry);
  const main = streams.find((stream) => isMain(stream, isDirectory));
  const common = {
    id: number,
    ...kindOf(number, isDirectory, namesOf(attributes)),
    size: main?.sizes?.size ?? null,
    ...(main?.value && { inline: main.value }),
    ...encodingOf(main, isWindowsOverlay(attributes)),
    doubts: [...gathered.doubts, ...streamDoubts(streams, number, mft)],
  };
  let parts: FilePart[] = [];
  for (const stream of streams) {
    for (const part of partsOf(stream, isDirectory, mft.geometry)) {
      parts.push(part);
      if (parts.length < MOST_PARTS) continue;
      yield { ...common, parts };
      parts = [];
    }
  }
  yield { ...common, parts };
}

/** All of a file, or one of its named streams as a file of its own: null when it has no stream of that name. */
export async function wholeFile(
  record: MftRecord,
  mft: Mft,
  streamName?: string,
): Promise<FileRecord | null> {
  const gathered = await gatherAttributes(record, mft);
  const { number, isDirectory } = record;
  if (streamName === undefined) return together(pieces(number, isDirectory, gathered, mft));
  const named = gathered.attributes.filter(({ type, name }) => type === TYPE.data && name === streamName);
  if (named.length > 0) {
    const names = gathered.attributes.filter(({ type }) => type === TYPE.fileName);
    const attributes = [...names, ...named.map((attribute) => ({ ...attribute, name: '' }))];
    return together(pieces(number, false, { ...gathered, attributes }, mft));
  }
  const [doubt] = gathered.doubts;
  if (doubt) throw new UnreadableError(doubt);
  return null;
}

function together(parts: Iterable<FileRecord>): FileRecord {
  const all = [...parts];
  return { ...all[0]!, parts: all.flatMap((piece) => piece.parts) };
}

/** How its bytes on the disk differ from its contents. */
function encodingOf(main: AttributeStream | undefined, isOverlay: boolean): Pick<FileRecord, 'encoding'> {
  if (main?.isEncrypted) return { encoding: 'encrypted' };
  return isOverlay || (main && main.unitClusters > 0) ? { encoding: 'compressed' } : {};
}

function streamDoubts(streams: readonly AttributeStream[], number: number, mft: Mft): Doubt[] {
  return streams.flatMap((stream) => {
    if (stream.isWhole || stream.type === TYPE.fileName) return [];
    const name = stream.name === '' ? typeName(stream.type) : `${typeName(stream.type)} ${stream.name}`;
    return [
      {
        reason: `where a part of ${name} of MFT record ${number} lies isn't known`,
        ranges: mft.rangesOf(number),
      },
    ];
  });
}
