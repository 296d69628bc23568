import assert from 'node:assert/strict';
import { isNtfsBoot, parseBootSector } from '../../../../../src/engine/volume/ntfs/bootSector';

/** A boot sector of 2^31 clusters of 4 KiB. */
function boot(change: (bytes: Buffer) => void = () => {}): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write('NTFS    ', 3, 'latin1');
  bytes.writeUInt16LE(512, 0x0b);
  bytes[0x0d] = 8;
  bytes.writeBigUInt64LE(2n ** 34n + 5n, 0x28);
  bytes.writeBigUInt64LE(786_432n, 0x30);
  bytes.writeBigUInt64LE(2n, 0x38);
  bytes[0x40] = 0xf6;
  bytes[0x44] = 1;
  change(bytes);
  return bytes;
}

describe('parseBootSector', () => {
  it('reads a volume of more than 2^31 sectors', () => {
    assert.deepEqual(parseBootSector(boot()), {
      ownSectors: 1,
      clusterSectors: 8,
      clusterBytes: 4096,
      sectorCount: 2 ** 34 + 5,
      clusterCount: 2 ** 31,
      mftCluster: 786_432,
      mirrorCluster: 2,
      recordBytes: 1024,
      indexBytes: 4096,
    });
  });

  it('reads clusters of up to 2 MiB, and sectors of 4 KiB', () => {
    const large = parseBootSector(
      boot((bytes) => {
        bytes[0x0d] = 0xf4;
      }),
    );
    assert.equal(large?.clusterBytes, 2 * 1024 * 1024);
    const native = parseBootSector(
      boot((bytes) => {
        bytes.writeUInt16LE(4096, 0x0b);
        bytes[0x0d] = 1;
      }),
    );
    assert.equal(native?.ownSectors, 8);
    assert.equal(native?.sectorCount, (2 ** 34 + 5) * 8);
  });

  const impossible: Record<string, (bytes: Buffer) => void> = {
    'another signature': (bytes) => bytes.write('EXFAT', 3, 'latin1'),
    'a sector of 500 bytes': (bytes) => bytes.writeUInt16LE(500, 0x0b),
    'clusters without sectors': (bytes) => bytes.writeUInt8(0, 0x0d),
    'clusters of three sectors': (bytes) => bytes.writeUInt8(3, 0x0d),
    'clusters that are too large': (bytes) => bytes.writeUInt8(0xe0, 0x0d),
    'more sectors than there can be': (bytes) => bytes.writeBigUInt64LE(2n ** 60n, 0x28),
    '$MFT beyond the end': (bytes) => bytes.writeBigUInt64LE(2n ** 31n, 0x30),
    '$MFT at a place beyond all': (bytes) => bytes.writeBigUInt64LE(2n ** 63n, 0x30),
    'records without a size': (bytes) => bytes.writeUInt8(0, 0x40),
    'records of 128 bytes': (bytes) => bytes.writeUInt8(0xf9, 0x40),
    'index blocks of three clusters': (bytes) => bytes.writeUInt8(3, 0x44),
  };
  for (const [name, change] of Object.entries(impossible))
    it(`refuses ${name}`, () => assert.equal(parseBootSector(boot(change)), null));

  it('is told by its signature', () => {
    assert.ok(isNtfsBoot(boot()));
    assert.ok(!isNtfsBoot(Buffer.alloc(512)));
  });
});
