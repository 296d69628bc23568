import assert from 'node:assert/strict';
import { deletionQuestion, withoutTrashQuestion } from '../../../src/contract/deletionQuestion';

const deletion = {
  name: 'disk',
  files: ['/w/disk.remap', '/w/disk.img', '/w/disk-spare.img', '/w/maps/disk.img.map'],
  kept: [{ path: '/w/shared.img', why: 'the device other uses too' }],
};

describe('the question before a device and its files are deleted', () => {
  it('names every file that goes and every one that stays, and says that they can be brought back', () => {
    assert.deepEqual(deletionQuestion(deletion, true), {
      message: 'Delete the device disk and 4 files?',
      detail:
        'disk.remap, disk.img, disk-spare.img and /w/maps/disk.img.map go to the trash. shared.img stays, which the device other uses too.',
      verbs: ['Move to Trash'],
    });
  });

  it('says that they are deleted for good where there is no trash', () => {
    const { detail, verbs } = deletionQuestion({ name: 'disk', files: ['/w/disk.remap'], kept: [] }, false);
    assert.equal(detail, 'disk.remap is deleted for good: there is no trash here.');
    assert.deepEqual(verbs, ['Delete']);
  });

  it('is asked once more where the trash refuses them', () => {
    const { message, detail, verbs } = withoutTrashQuestion(deletion, 'no trash on this disk');
    assert.equal(message, "Delete the files of disk permanently? They can't be moved to the trash.");
    assert.match(detail, /^no trash on this disk\. disk\.remap, .* can't be brought back then\.$/);
    assert.deepEqual(verbs, ['Delete Permanently']);
  });
});
