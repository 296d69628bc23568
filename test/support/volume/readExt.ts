import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { openExt } from '../../../src/engine/volume/ext/openExt';
import { type Reading, VolumeReader } from '../../../src/engine/volume/volumeReader';
import { type FileSystemFacts, factsOf } from './fileSystemFacts';
import { BytesSource } from './volumeFixture';

/** Keeps which sectors were asked for: one that nothing is read from can't change an answer. */
class RecordingReader extends VolumeReader {
  readonly asked = new Set<number>();

  override whatCanBeRead(byteOffset: number, length: number, what: string): Promise<Reading> {
    for (
      let sector = Math.floor(byteOffset / SECTOR_SIZE);
      sector * SECTOR_SIZE < byteOffset + length;
      sector++
    )
      this.asked.add(sector);
    return super.whatCanBeRead(byteOffset, length, what);
  }
}

/** All that an ext image tells, and the sectors from which it is read. */
export async function readExt(bytes: Uint8Array): Promise<{ facts: FileSystemFacts; metadata: number[] }> {
  const source = new BytesSource(bytes);
  const reader = new RecordingReader(source, 0, source.sectorCount);
  const facts = await factsOf((await openExt(reader))!);
  return { facts, metadata: [...reader.asked].sort((a, b) => a - b) };
}
