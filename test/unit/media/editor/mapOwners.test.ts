import assert from 'node:assert/strict';
import type { Connection } from '../../../../media/editor/connection';
import { MapOwners } from '../../../../media/editor/mapOwners';
import type { MapLayer, MapPart } from '../../../../src/shared/sectorMap';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const WHOLE: MapPart = { firstSector: 0, sectorCount: 100, bucketCount: 10 };
const PART: MapPart = { firstSector: 10, sectorCount: 10, bucketCount: 10 };

type Answer = () => Promise<readonly MapLayer[] | null>;

function rig(answer: Answer) {
  const asked: MapPart[] = [];
  const told = { changed: 0, failed: [] as string[] };
  const signals: AbortSignal[] = [];
  const connection = {
    request: (
      _kind: string,
      { firstSector, sectorCount, bucketCount }: MapPart,
      options: AbortController,
    ) => {
      asked.push({ firstSector, sectorCount, bucketCount });
      signals.push(options.signal);
      return answer();
    },
  };
  const owners = new MapOwners(connection as unknown as Connection, {
    changed: () => {
      told.changed += 1;
    },
    failed: (message) => told.failed.push(message),
  });
  return { owners, asked, told, signals };
}

const files = async (): Promise<readonly MapLayer[]> => [{ kind: 'file', counts: new Float64Array(10) }];

describe('sector editor: owners on the large map', () => {
  it('are asked for once for a part, and kept for that part alone', async () => {
    const { owners, asked, told } = rig(files);
    owners.want('file', WHOLE);
    await pause(5);
    assert.deepEqual([asked, told.changed], [[WHOLE], 1]);
    assert.equal(owners.layersOf({ ...WHOLE })[0]!.kind, 'file');
    assert.deepEqual(owners.layersOf(PART), []);
    owners.want('file', WHOLE);
    await pause(50);
    assert.equal(asked.length, 1, 'bytes that changed are no reason to ask at once');
    owners.want('file', PART);
    await pause(5);
    assert.deepEqual(asked, [WHOLE, PART]);
    owners.forget();
    assert.deepEqual(owners.layersOf(PART), []);
  });

  it('are not waited for when another part is wanted, or none', async () => {
    const { owners, told, signals } = rig(() => new Promise(() => undefined));
    owners.want('file', WHOLE);
    await pause(5);
    owners.want('file', PART);
    await pause(5);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
    owners.forget();
    assert.ok(signals[1]!.aborted);
    assert.deepEqual(told, { changed: 0, failed: [] });
  });

  it('say why they can not be shown', async () => {
    const none = rig(async () => null);
    none.owners.want('file', WHOLE);
    const failing = rig(() => Promise.reject(new Error('It was cancelled.')));
    failing.owners.want('file', WHOLE);
    await pause(5);
    assert.match(none.told.failed[0]!, /^No file system was found/);
    assert.deepEqual(failing.told.failed, ['It was cancelled.']);
  });
});
