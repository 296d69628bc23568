import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createMapfile } from '../../../../src/engine/mapfile/mapfile';
import { arbitraryMapfile } from '../../../support/mapfile/arbitraries';
import { formatText, parseText } from '../../../support/mapfile/mapfileText';

/** What GNU ddrescue 1.27 wrote for a domain that is no multiple of the sector. */
const FROM_DDRESCUE = `# Mapfile. Created by GNU ddrescue version 1.27
# Command line: ddrescue -s 300000 -i 1000 src.img d.img d.map
# Start time:   2026-11-22 17:09:06
# Current time: 2026-11-22 17:09:06
# Finished
# current_pos  current_status  current_pass
0x00040000     +               1
#      pos        size  status
0x00000000  0x000003E8  ?
0x000003E8  0x000493E0  +
0x000497C8  0x000B6838  ?
`;

/** What GNU ddrescuelog 1.27 made of a list on a disk of unknown size. */
const FROM_DDRESCUELOG = `# Mapfile. Created by GNU ddrescuelog version 1.27
# Command line: ddrescuelog -b512 -c-+ -
# Start time:   2026-11-22 17:09:06
# current_pos  current_status  current_pass
0x00000000     ?               1
#      pos        size  status
0x00000000  0x00010000  +
0x00010000  0x00000200  -
0x00010200  0x0007FE00  +
0x00090000  0x00000200  -
0x00090200  0x7FFFFFFFFFF6FDFF  +
`;

describe('ddrescue mapfile', function () {
  this.timeout(60_000);

  for (const [name, text] of [
    ['ddrescue', FROM_DDRESCUE],
    ['ddrescuelog', FROM_DDRESCUELOG],
  ] as const) {
    it(`gives back the bytes that ${name} wrote`, () => assert.equal(formatText(parseText(text)), text));
  }

  it('creates a map of which everything was read', () => {
    assert.equal(
      formatText(createMapfile(1024)),
      '# Mapfile. Created by Remap Inspector\n# current_pos  current_status  current_pass\n' +
        '0x00000000     +               1\n#      pos        size  status\n0x00000000  0x00000400  +\n',
    );
  });

  it('keeps the comments above the status line byte for byte, and no others', () => {
    const text = `# \xe9t\xe9 ${'x'.repeat(300)}\n  # indented\n0 + 1\n# below\n0 16 + # after\n`;
    const lines = formatText(parseText(text)).split('\n');
    assert.deepEqual(lines.slice(0, 2), [`# \xe9t\xe9 ${'x'.repeat(300)}`, '  # indented']);
    assert.equal(lines.filter((line) => line.includes('below') || line.includes('after')).length, 0);
  });

  it('joins neighbours of one status when it writes', () => {
    assert.match(
      formatText(parseText('0 + 1\n0 16 -\n16 16 -\n32 16 +\n48 16 +\n')),
      /status\n0x0{8} {2}0x00000020 {2}-\n.*\+\n$/,
    );
  });

  it('comes back the same from its text, whatever it says', () => {
    fc.assert(
      fc.property(arbitraryMapfile, (mapfile) => {
        const read = parseText(formatText(mapfile));
        assert.deepEqual([...read.blocks], [...mapfile.blocks]);
        assert.equal(read.blocks.exactEnd, mapfile.blocks.exactEnd);
        assert.deepEqual(read.faults, mapfile.faults);
        for (const name of [
          'header',
          'currentPosition',
          'currentStatus',
          'currentPass',
          'enabled',
          'quiet',
        ] as const) {
          assert.deepEqual(read[name], mapfile[name], name);
        }
        assert.equal(formatText(read), formatText(mapfile));
      }),
      { numRuns: 500 },
    );
  });
});
