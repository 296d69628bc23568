import assert from 'node:assert/strict';
import {
  displacedMessage,
  removalQuestion,
  shortReason,
  unsavedLosses,
} from '../../../src/contract/displacedTexts';
import type { DisplacedImage } from '../../../src/engine';

const main: DisplacedImage = {
  path: '/disks/disk.img',
  image: 'main',
  member: 0,
  reason: '/disks/disk.img was deleted while it was open',
  isSaved: false,
};
const spare: DisplacedImage = {
  ...main,
  path: '/disks/spare.img',
  image: 'spare',
  reason: '/disks/spare.img was moved away while it was open',
};

describe('displacedTexts', () => {
  it('asks before an unsaved image goes with its device, and offers to save it', () => {
    const { message, detail, verbs } = removalQuestion('disk', [main, { ...spare, isSaved: true }]);
    assert.equal(message, 'Remove the device disk without saving what its open image holds?');
    assert.match(detail, /^\/disks\/disk\.img was deleted while it was open\. Only the open file holds/);
    assert.ok(!detail.includes('spare.img'));
    assert.deepEqual(verbs, ['Save Open Image As...', 'Remove Without Saving']);
  });

  it('says how many NBD clients a removal disconnects', () => {
    const { detail } = removalQuestion('disk', [], 3);
    assert.match(detail, /^3 NBD clients have it open and will be disconnected: .* The device goes;/);
    assert.match(removalQuestion('disk', [main], 1).detail, /^1 NBD client has it open .* was deleted/);
  });

  it('asks as usual where nothing is displaced, and where all was saved', () => {
    assert.deepEqual(removalQuestion('disk', []), {
      message: 'Remove the device disk?',
      detail: 'The device goes; its images and its device file stay, and it can be assembled again.',
      verbs: ['Remove'],
    });
    const saved = removalQuestion('disk', [{ ...main, isSaved: true }]);
    assert.deepEqual(saved.verbs, ['Remove']);
    assert.match(saved.detail, /what its open image holds was saved/);
  });

  it('tells before a reboot what is lost with it', () => {
    const devices = [
      { name: 'fine', displaced: [] },
      { name: 'saved', displaced: [{ ...main, isSaved: true }] },
      { name: 'disk', displaced: [main, spare] },
    ];
    assert.deepEqual(unsavedLosses(devices), ['What the open image of disk holds is lost: save it before.']);
  });

  it('tells of all that happened in one message, and of one image by its name', () => {
    assert.equal(
      displacedMessage('disk', [main, spare]),
      'disk is read-only: /disks/disk.img was deleted while it was open. /disks/spare.img was moved away while it was open. What was written to it is in the open file only, until the device is removed.',
    );
    assert.equal(shortReason(main), 'disk.img was deleted while it was open');
    const odd = { ...main, path: '/disks/$&.img', reason: '/disks/$&.img was deleted while it was open' };
    assert.equal(shortReason(odd), '$&.img was deleted while it was open');
  });
});
