import { MemoryDevice } from '../../src/engine/block/memory';
import { describeBlockDevice } from './blockDevice';

describeBlockDevice('MemoryDevice', {
  create: async (sectorCount) => new MemoryDevice(sectorCount),
  createReadOnly: async (sectorCount) => new MemoryDevice(sectorCount, true),
});
