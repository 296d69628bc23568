import assert from 'node:assert/strict';
import type { FreeImage } from '../../../src/devices/freeImages';
import { isSpareWithMetadata, mainsFor, sparesFor } from '../../../src/devices/pairing';
import { RemapError } from '../../../src/engine';

type Kind = NonNullable<FreeImage['inspection']>['kind'];

function image(path: string, sectorCount: number, kind: Kind, mainSectorCount?: number): FreeImage {
  const inspection = {
    kind,
    copies: [],
    winner: 0,
    sequence: 1,
    remaps: 0,
    ...(mainSectorCount && { mainSectorCount }),
  };
  return { path, sectorCount, inspection, problem: undefined };
}

const main = image('/main.img', 204_800, 'foreign');
const other = image('/other.img', 4096, 'blank');
const spare = image('/spare.img', 102_400, 'metadata', 204_800);
const broken: FreeImage = {
  path: '/broken.img',
  sectorCount: 0,
  inspection: undefined,
  problem: new Error('unreadable'),
};

describe('pairs of images', () => {
  it('a spare with metadata names the size of its main', () => {
    assert.ok(isSpareWithMetadata(spare) && !isSpareWithMetadata(main) && !isSpareWithMetadata(broken));
    assert.deepEqual(mainsFor(spare, [main, other, spare, broken]), [main]);
    assert.deepEqual(mainsFor(spare, [other, spare]), []);
  });

  it('an image that can not be read, or is packed, is neither main nor spare', () => {
    const packed = { ...broken, path: '/packed.img', sectorCount: main.sectorCount };
    assert.deepEqual(mainsFor(spare, [packed, main]), [main]);
    assert.deepEqual(sparesFor(main, [packed, other, broken]), [other]);
  });

  it('a main may begin as a container does: assembling tells', () => {
    const problem = new RemapError('EINVAL', 'packed', { container: 'zip' });
    const begun: FreeImage = { ...broken, path: '/begun.img', sectorCount: main.sectorCount, problem };
    assert.deepEqual(mainsFor(spare, [begun]), [begun]);
    assert.deepEqual(mainsFor(spare, [{ ...begun, sectorCount: 4096 }]), []);
  });

  it('another spare is no main, even of the right size', () => {
    const lookalike = image('/lookalike.img', 204_800, 'metadata', 999_999);
    assert.deepEqual(mainsFor(spare, [lookalike]), []);
  });

  it('a main may have its own spare first, then any image without metadata', () => {
    const foreignSpare = image('/foreign.img', 50_000, 'metadata', 77_777);
    assert.deepEqual(sparesFor(main, [other, main, spare, foreignSpare]), [spare, other]);
  });
});
