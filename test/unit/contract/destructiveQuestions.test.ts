import assert from 'node:assert/strict';
import {
  CLEAR_ALL,
  CLEAR_INJECTED,
  clearFindingsQuestion,
  clearFoundSectorsQuestion,
  describeSector,
  exportPathsQuestion,
  writeMarkersQuestion,
  writeSectorQuestion,
} from '../../../src/contract/destructiveQuestions';

describe('a question before something goes', () => {
  it('tells of paths for dm-remap-scan which copy is given up, and how it comes back', () => {
    const { message, detail, verbs } = exportPathsQuestion('/w/disk.img', ['/w/disk-spare.img']);
    assert.equal(message, 'Give up metadata copy 0 on disk-spare.img for the paths of the images?');
    assert.match(detail, /disk\.img and disk-spare\.img at sector 0/);
    assert.match(detail, /Repair Metadata brings copy 0 back\.$/);
    assert.deepEqual(verbs, ['Write Paths']);
    const pool = exportPathsQuestion('/w/disk.img', ['/w/a.img', '/w/b.img']);
    assert.match(pool.message, /^Give up metadata copy 0 of each on a\.img and b\.img/);
  });

  it('tells of a write which sector and file, and what the sector holds', () => {
    const { message, detail, verbs } = writeSectorQuestion('disk', '/w/disk.img', 7, 'holds zeros now');
    assert.equal(message, 'Overwrite sector 7 of disk, on disk.img?');
    assert.match(detail, /^It holds zeros now\. .*write in the sector editor instead\.$/);
    assert.deepEqual(verbs, ['Overwrite']);
  });

  it('tells of markers how many sectors they overwrite, which, and of what file', () => {
    const { message, detail, verbs } = writeMarkersQuestion('disk', '/w/disk.img', [1000, 1001, 3000]);
    assert.equal(message, 'Overwrite 3 sectors of disk, on disk.img, with markers?');
    assert.match(detail, /: 1000-1001, 3000\. Nothing keeps it\.$/);
    assert.deepEqual(verbs, ['Overwrite']);
  });

  it('describes a sector by its text, its bytes, zeros, or that it is unreadable', () => {
    const sector = (start: string) => Buffer.from(start.padEnd(512, '\0'), 'latin1');
    assert.equal(describeSector(sector('test_data_1000\n')), 'begins with “test_data_1000” now');
    assert.equal(describeSector(sector('x'.repeat(100))), `begins with “${'x'.repeat(40)}” now`);
    assert.equal(describeSector(sector('\xebR\x90NT')), 'begins with the bytes eb 52 90 4e 54 00 00 00 now');
    assert.equal(describeSector(sector('')), 'holds zeros now');
    assert.equal(describeSector(undefined), "can't be read now");
  });

  it('tells of what was found on a device by whose map, and clears what was injected alone if asked to', () => {
    const { message, detail, verbs } = clearFindingsQuestion('disk', [
      { map: '/w/disk.img.map', sectors: 1024 },
    ]);
    assert.equal(message, 'Clear what was found on disk too?');
    assert.match(detail, /^Not injected here: 1,024 sectors by disk\.img\.map\. /);
    assert.deepEqual(verbs, [CLEAR_INJECTED, CLEAR_ALL]);
  });

  it('tells of sectors that another program found which they are, and that the map is kept', () => {
    const { message, detail, verbs } = clearFoundSectorsQuestion('/w/disk.img', '/w/disk.img.map', '5-6');
    assert.equal(message, 'Clear what disk.img.map found at sectors 5-6 of disk.img?');
    assert.match(detail, /disk\.img\.map is kept as it is beside it/);
    assert.deepEqual(verbs, ['Clear']);
  });
});
