import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SectorRange } from '../../../../src/engine/errors';
import { RescueMapFile } from '../../../../src/engine/mapfile/rescueMapFile';
import { FIXTURES } from '../../../support/fixtures';
import { tempFolder } from '../../../support/tempFolder';

/** What a map must give: sectors, or a text that the refusal, or what is said of it, carries. */
interface Expected {
  readonly bad?: readonly SectorRange[];
  readonly notRescued?: readonly SectorRange[];
  readonly refused?: string;
  readonly says?: string;
}

const FOLDER = join(FIXTURES, 'field');
const UTF8_MARK = '\u00ef\u00bb\u00bf';

/** An image of 2 MiB, and files as rescue programs write them beside it: what each must give. */
const SAMPLES: readonly (readonly [what: string, text: string, expected: Expected])[] = [
  [
    'a rescue under way',
    '# Mapfile. Created by GNU ddrescue version 1.27\n0x40000 ? 1\n0x0 0x40000 +\n0x40000 0xA000 *\n0x4A000 0x1B6000 ?\n',
    { bad: [], notRescued: [[512, 3584]] },
  ],
  [
    'a map without the passes that a finished rescue ends with',
    '0x0 +\n0x0 0x1000 +\n0x1000 0x200 -\n0x1200 0x400 /\n0x1600 0x1FEA00 +\n',
    { bad: [[8, 1]], notRescued: [[9, 2]] },
  ],
  [
    'a map longer than the image',
    '0x0 + 1\n0x0 0x200000 +\n0x200000 0x1 -\n',
    { bad: [], notRescued: [], says: 'the map is 1 byte longer than the image' },
  ],
  [
    'a map shorter than the image',
    '0x0 + 1\n0x0 0x1FF000 +\n',
    { bad: [], notRescued: [[4088, 8]], says: 'the map is 4096 bytes shorter than the image' },
  ],
  [
    'a map whose program did not know the size of the disk',
    '0x0 + 1\n0x0 0x200000 +\n0x200000 0x7FFFFFFFFFDFFFFF ?\n',
    { bad: [], notRescued: [] },
  ],
  ['a map with a byte order mark', `${UTF8_MARK}# c\n0x0 + 1\n0x0 0x200000 +\n`, { bad: [], notRescued: [] }],
  [
    'a map with a gap',
    '# c\n0x0 + 1\n0x0 0x200 +\n0x400 0x200 +\n',
    { refused: 'line 4: a gap between byte 512 and byte 1024' },
  ],
  ['UTF-16', '\u00ff\u00fe#\0 \0', { refused: 'is UTF-16 text' }],
  [
    "ddrescue's rates",
    '# Rates Logfile. Created by GNU ddrescue version 1.27\n#Time  Ipos\n 0  0x0 0\n',
    { refused: "a log of ddrescue's rates, not a map" },
  ],
  [
    "ddrescue's reads",
    '# Reads Logfile. Created by GNU ddrescue version 1.27\n0x0 65536\n',
    { refused: "a log of ddrescue's reads, not a map" },
  ],
  [
    "ddrescue's events",
    '# Events Logfile. Created by GNU ddrescue version 1.27\n0 begin\n',
    { refused: "a log of ddrescue's events, not a map" },
  ],
  [
    "OpenSuperClone's own log",
    '# Disk progress log file created by OpenSuperClone version 2.5.1\n# current position  \t \tstatus\n0x002000        \t \t0x30\n',
    { refused: "OpenSuperClone's own log: export it as a ddrescue map" },
  ],
];

async function check(path: string, sectorCount: number, expected: Expected): Promise<void> {
  const file = new RescueMapFile(path, sectorCount);
  if (expected.refused !== undefined) {
    await assert.rejects(file.readMedium(), ({ code, message, details }) => {
      assert.equal(code, 'EINVAL');
      assert.ok(message.includes(expected.refused!), message);
      assert.equal(details.path, path);
      return true;
    });
    return;
  }
  const { badSectors, notRescued } = (await file.readMedium())!;
  assert.deepEqual([[...badSectors], [...notRescued]], [expected.bad, expected.notRescued]);
  if (expected.says === undefined) assert.equal(file.sizeNote, null);
  else assert.ok(file.sizeNote!.startsWith(expected.says), file.sizeNote!);
}

describe('maps from the field', () => {
  const folder = tempFolder();
  const description = join(FOLDER, 'expected.json');
  const { image, maps } = existsSync(description)
    ? JSON.parse(readFileSync(description, 'utf8'))
    : { image: { sectors: 0 }, maps: {} };

  it('are here', function () {
    if (Object.keys(maps).length > 0) return;
    console.log(`      skipped: ${description} is absent`);
    this.skip();
  });

  for (const [name, expected] of Object.entries(maps as Record<string, Expected>)) {
    it(`${name}: ${expected.refused === undefined ? 'is read' : `is refused, ${expected.refused}`}`, async () => {
      const path = folder.path('disk.img.map');
      copyFileSync(join(FOLDER, name), path);
      await check(path, image.sectors, expected);
    });
  }

  for (const [what, text, expected] of SAMPLES) {
    it(`${expected.refused === undefined ? 'read' : 'refuse'} ${what}`, async () => {
      const path = folder.path('disk.img.map');
      await writeFile(path, text, 'latin1');
      await check(path, 4096, expected);
    });
  }
});
