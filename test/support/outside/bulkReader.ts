import { nodeFiles } from '../../../src/engine/outside/fileSystem';

// Reads a file in bulk until reads are gathered, says so, and has nothing left to do then.
const path = process.argv[2]!;
const fd = nodeFiles.openSync(path, 'r');
nodeFiles.gatherReads();

function read(): void {
  nodeFiles.io.read(fd, Buffer.alloc(512), 0, 512, 0, () => {
    if (!nodeFiles.io.gathers!(512)) read();
  });
}

for (let i = 0; i < 32; i++) read();
process.once('beforeExit', () => process.stdout.write('gathered'));
