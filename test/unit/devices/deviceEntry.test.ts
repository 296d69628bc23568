import assert from 'node:assert/strict';
import type { DeviceContent } from '../../../src/contract/deviceContent';
import { type DeviceEntry, isOutdated, specFromEntry } from '../../../src/devices/deviceEntry';
import { type DeviceSpec, type RemapDevice, RemapError } from '../../../src/engine';

const markers = { sectors: [7], text: 'x' };
const content: DeviceContent = { main: '/m.img', spares: ['/s.img'], flakey: null, markers };
const spec: DeviceSpec = { name: 'disk', deviceFile: '/disk.remap', ...content, markers };

function entry(changes: Partial<DeviceEntry> = {}): DeviceEntry {
  const known = { deviceKey: '/disk.remap', name: 'disk', deviceFile: '/disk.remap', content };
  return { ...known, device: undefined, problem: undefined, ...changes };
}

const assembledFrom = (assembled: DeviceSpec) => ({ spec: assembled }) as unknown as RemapDevice;

describe('a known device', () => {
  it('is assembled from what its file says, or gives the reason why that can not be read', async () => {
    assert.deepEqual(await specFromEntry(entry()), spec);
    const problem = new RemapError('EINVAL', 'a syntax error');
    await assert.rejects(specFromEntry(entry({ content: undefined, problem })), problem);
  });

  it('is outdated when its file says something else now', () => {
    const device = assembledFrom(spec);
    assert.ok(!isOutdated(entry({ device })));
    assert.ok(!isOutdated(entry({ content: { ...content, markers: null }, device })));
    assert.ok(isOutdated(entry({ content: { ...content, flakey: '5 2' }, device })));
    assert.ok(isOutdated(entry({ content: { ...content, spares: ['/t.img'] }, device })));
    const withMap = { ...content, map: '/m.log' };
    assert.ok(isOutdated(entry({ content: withMap, device })));
    assert.ok(!isOutdated(entry({ content: withMap, device: assembledFrom({ ...spec, map: '/m.log' }) })));
    assert.ok(!isOutdated(entry()));
    assert.ok(!isOutdated(entry({ content: undefined, device })));
  });
});
