import assert from 'node:assert/strict';
import { Markers } from '../../../src/devices/markers';
import { Milestones } from '../../../src/devices/milestones';
import { Verdicts } from '../../../src/devices/verdicts';
import { type RemapDevice, RemapError } from '../../../src/engine';
import type { MarkerRequest } from '../../../src/engine/device/deviceMarkers';
import { contextKeys } from '../../../src/manifest';
import { memento } from '../../support/devices/memento';
import { hasCode } from '../../support/remap/remapErrors';

const spec = { deviceFile: '/disk.remap', main: '/disk.img', markers: { sectors: [1, 2], text: 'm' } };

describe('markers of devices', () => {
  let verdicts: Verdicts;
  let announced: string[];
  let reached: string[];
  let markers: Markers;

  beforeEach(() => {
    verdicts = new Verdicts();
    announced = [];
    reached = [];
    const milestones = new Milestones((key, value) => void (value && reached.push(key)));
    markers = new Markers(memento(), verdicts, milestones, (name) => void announced.push(name));
  });

  /** A device that has the markers of these sectors, or refuses to write. */
  function device(present: readonly number[], refusal?: RemapError): RemapDevice {
    return {
      name: 'disk',
      spec,
      writeMarkers: async () => {
        if (refusal) throw refusal;
        return { written: 2, remapped: [2] };
      },
      verifyMarkers: async ({ wasWritten = () => true }: MarkerRequest) => {
        const results = spec.markers.sectors.map((sector) => {
          const ok = present.includes(sector);
          const failure = wasWritten(sector) ? ('lost' as const) : ('neverWritten' as const);
          return { sector, ok, expected: 'm', actual: '', source: 'main', ...(!ok && { failure }) };
        });
        return { verified: present.length, total: 2, results };
      },
    } as unknown as RemapDevice;
  }

  const failures = async (of: RemapDevice) =>
    (await markers.verify(of)).results.map(({ failure }) => failure);

  it('are never written until they are, and lost when they are gone then', async () => {
    assert.deepEqual(await failures(device([])), ['neverWritten', 'neverWritten']);
    await markers.write(device([]));
    assert.deepEqual(reached, [contextKeys.hasWrittenMarkers, contextKeys.hasMovedMarker]);
    assert.deepEqual(await failures(device([1])), [undefined, 'lost']);
    assert.equal(verdicts.marker('disk', 2)?.failure, 'lost');
    assert.deepEqual(announced, ['disk', 'disk']);
    await markers.begin(device([]));
    assert.deepEqual(await failures(device([])), ['neverWritten', 'neverWritten']);
  });

  it('that were found count as written, as those of another computer', async () => {
    await markers.verify(device([1]));
    assert.deepEqual(await failures(device([])), ['lost', 'neverWritten']);
  });

  it('count as written when writing them failed in the midst, and not when they were refused', async () => {
    await assert.rejects(markers.write(device([], new RemapError('EINVAL', 'no'))), hasCode('EINVAL'));
    assert.deepEqual(await failures(device([])), ['neverWritten', 'neverWritten']);
    await assert.rejects(markers.write(device([], new RemapError('EIO', 'no'))), hasCode('EIO'));
    assert.deepEqual(await failures(device([])), ['lost', 'lost']);
  });
});
