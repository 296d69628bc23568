import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { containerOf } from '../../../../src/engine/block/containerFormat';
import { createImage, imageContainer, openImage } from '../../../../src/engine/block/image';
import { formatSpare, inspectSpare } from '../../../../src/engine/machine/images';
import { bzip2, gzip, xz, zip, zstd } from '../../../support/block/containerBytes';
import { needJudge } from '../../../support/judges';
import { tempFolder } from '../../../support/tempFolder';

const EMPTY = new Uint8Array(512);

/** The format that a file with this start (or, with `at`, this piece of its start) has. */
function formatOf(start: string, at = 0): string | undefined {
  const head = Buffer.alloc(512);
  head.write(start, at, 'latin1');
  return containerOf(head, EMPTY)?.format;
}

describe('container formats', () => {
  const folder = tempFolder();

  it('are known by how the file begins', () => {
    const starts: readonly (readonly [start: string, format: string])[] = [
      ['QFI\xfb\0\0\0\x03', 'qcow2'],
      ['QFI\xfb\0\0\0\x01', 'qcow2'],
      ['KDMV\x01\0\0\0', 'VMDK'],
      ['# Disk DescriptorFile\nversion=1\n', 'VMDK'],
      ['vhdxfile', 'VHDX'],
      ['conectix', 'VHD'],
      ['EVF\x09\x0d\x0a\xff\0', 'E01'],
      ['EVF2\x0d\x0a\x81\0', 'E01'],
      ['AFF10\r\n\0', 'AFF'],
      [gzip, 'gzip'],
      [zstd, 'zstd'],
      [xz, 'xz'],
      [bzip2, 'bzip2'],
      [zip, 'zip'],
      ['7z\xbc\xaf\x27\x1c', '7z'],
    ];
    for (const [start, format] of starts) assert.equal(formatOf(start), format, JSON.stringify(start));
    assert.equal(formatOf('\x7f\x10\xda\xbe', 0x40), 'VDI');
  });

  it('are known by how it ends: a fixed VHD, also of 511 bytes', () => {
    for (const at of [0, 1]) {
      const tail = Buffer.alloc(512);
      tail.write('conectix', at);
      assert.equal(containerOf(EMPTY, tail)?.format, 'VHD');
    }
    assert.equal(containerOf(EMPTY, Buffer.from(`${' '.repeat(100)}conectix`.padEnd(512))), null);
  });

  it('are not seen in what only resembles them', () => {
    for (const start of [
      'QFI\xfb\0\0\0\x09',
      'QFI',
      '\x1f\x8b\x07',
      '\x1f\x8b\x08\xe0',
      'BZh0',
      'BZh9',
      '\xebc\x90',
      '',
    ]) {
      assert.equal(formatOf(start), undefined, JSON.stringify(start));
    }
    assert.equal(containerOf(new Uint8Array(0), new Uint8Array(0)), null);
  });

  it('are refused as a disk, before anything is written, with what to do', async () => {
    const path = folder.path('disk.img');
    const bytes = Buffer.alloc(4096 * 512);
    bytes.write('QFI\xfb\0\0\0\x03', 'latin1');
    writeFileSync(path, bytes);
    const refusal = {
      code: 'EINVAL',
      details: { path, container: 'qcow2' },
      message: `${path} is a qcow2 file, not a raw disk image: make one of it (qemu-img convert -O raw FILE NEW) and use that`,
    };
    await assert.rejects(openImage(path), refusal);
    await assert.rejects(openImage(path, { readOnly: true, lock: false }), refusal);
    await assert.rejects(openImage(path, { anyFormat: true }), refusal);
    await assert.rejects(inspectSpare(path), refusal);
    await assert.rejects(formatSpare(path, { mainSectorCount: 8192 }), refusal);
    assert.deepEqual(readFileSync(path), bytes);
    const image = await openImage(path, { readOnly: true, lock: false, anyFormat: true });
    assert.equal(image.sectorCount, 4096);
    await image.close();
  });

  it('are told also of a file that is shorter than a sector', async () => {
    const path = folder.path('short.gz');
    writeFileSync(path, gzip, 'latin1');
    await assert.rejects(openImage(path), { details: { path, container: 'gzip' }, message: /gzip -dc/ });
    assert.equal((await imageContainer(path))?.format, 'gzip');
  });

  describe('as qemu-img makes them', () => {
    before(function () {
      needJudge(this, 'qemu-img');
    });

    beforeEach(() => createImage(folder.path('raw.img'), 8192));

    for (const [format, args] of [
      ['qcow2', ['-O', 'qcow2']],
      ['VMDK', ['-O', 'vmdk']],
      ['VMDK', ['-O', 'vmdk', '-o', 'subformat=monolithicFlat']],
      ['VDI', ['-O', 'vdi']],
      ['VHD', ['-O', 'vpc']],
      ['VHD', ['-O', 'vpc', '-o', 'subformat=fixed,force_size=on']],
      ['VHDX', ['-O', 'vhdx']],
      [null, ['-O', 'raw']],
    ] as const) {
      it(`${args.join(' ')} is ${format ?? 'no container'}`, async () => {
        const path = folder.path('made');
        const made = spawnSync('qemu-img', ['convert', ...args, folder.path('raw.img'), path], {
          encoding: 'utf8',
        });
        assert.equal(made.status, 0, made.stderr);
        assert.equal((await imageContainer(path))?.format ?? null, format);
        if (format !== null) return;
        assert.equal(statSync(path).size, 8192 * 512);
        await (await openImage(path)).close();
      });
    }
  });
});
