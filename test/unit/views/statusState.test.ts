import assert from 'node:assert/strict';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import type { DeviceInfo, RemapDevice } from '../../../src/engine';
import { statusState } from '../../../src/views/statusState';

function entry(info?: Partial<DeviceInfo>): DeviceEntry {
  const full = { state: 'active', remaps: 5, badSectors: 1, notRescued: 0, reasons: [], ...info };
  const device = info && ({ info: () => full } as unknown as RemapDevice);
  return {
    deviceKey: '/disk.remap',
    name: 'disk',
    deviceFile: '/disk.remap',
    content: undefined,
    device,
    problem: undefined,
  };
}

describe('status bar', () => {
  it('says the state, and a click does what the state asks for', () => {
    const states = [
      entry({}),
      entry({ state: 'suspended' }),
      entry({ state: 'degraded', reasons: ['the spare is full'] }),
      entry(),
    ];
    assert.deepEqual(
      states.map(statusState).map(({ icon, text, action, isWarning }) => [icon, text, action, isWarning]),
      [
        ['database', 'disk: active, 5 remaps, 1 bad sector', 'show', false],
        ['debug-pause', 'disk: suspended, 5 remaps, 1 bad sector', 'resume', false],
        ['database', 'disk: degraded, 5 remaps, 1 bad sector', 'show', true],
        ['database', 'disk: not assembled', 'assemble', false],
      ],
    );
  });

  it('tells bad sectors and those not rescued apart, and counts both', () => {
    const { text, tooltip } = statusState(entry({ badSectors: 3, notRescued: 6400 }));
    assert.equal(text, 'disk: active, 5 remaps, 3 bad sectors, 6,400 not rescued');
    assert.equal(tooltip[0], `Remap device ${text}.`);
    assert.equal(statusState(entry({ badSectors: 0 })).text, 'disk: active, 5 remaps');
  });

  it('gives the reasons in the tooltip', () => {
    const { tooltip } = statusState(entry({ state: 'readonly', reasons: ['relocate them'] }));
    assert.deepEqual(tooltip, [
      'Remap device disk: readonly, 5 remaps, 1 bad sector.',
      'relocate them.',
      'Click to show it.',
    ]);
  });
});
