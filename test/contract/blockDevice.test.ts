import { MemoryDevice } from '../../src/engine/block/memory';
import { seededRandom } from '../../src/engine/block/random';
import type { SectorRange } from '../../src/engine/errors';
import { CrashLog } from '../support/crashLog';
import { type Operation, randomDelay, ScriptedDevice } from '../support/scriptedDevice';
import { describeBlockDevice } from './blockDevice';

describeBlockDevice('MemoryDevice', {
  create: async (sectorCount) => new MemoryDevice(sectorCount),
  createReadOnly: async (sectorCount) => new MemoryDevice(sectorCount, true),
});

describeBlockDevice('a device recorded by CrashLog', {
  create: async (sectorCount) => new CrashLog().record(new MemoryDevice(sectorCount)),
});

function failing(operation: Operation) {
  return async (sectorCount: number, bad: readonly SectorRange[]) => {
    const device = new ScriptedDevice(new MemoryDevice(sectorCount));
    device.fail({ operations: [operation], after: 0, duration: 'sectors', failing: () => bad });
    return device;
  };
}

describeBlockDevice('ScriptedDevice', {
  create: async (sectorCount) => new ScriptedDevice(new MemoryDevice(sectorCount)),
  createReadOnly: async (sectorCount) => new ScriptedDevice(new MemoryDevice(sectorCount, true)),
  createFailing: { read: failing('read'), write: failing('write') },
});

describeBlockDevice('ScriptedDevice with delays', {
  create: async (sectorCount) =>
    new ScriptedDevice(new MemoryDevice(sectorCount), randomDelay(seededRandom(sectorCount))),
});
