import { doors } from '../../../src/engine/outside/doors';
import { type FileSystem, nodeFiles } from '../../../src/engine/outside/fileSystem';
import { type Host, nodeHost } from '../../../src/engine/outside/host';

/** Puts other calls behind the door to file systems, until the test ends. */
export function putFiles(files: Partial<FileSystem>): void {
  Object.assign(doors, { files: { ...doors.files, ...files } });
}

/** Puts another computer behind the other door, until the test ends. */
export function putHost(host: Partial<Host>): void {
  Object.assign(doors, { host: { ...doors.host, ...host } });
}

afterEach(() => {
  Object.assign(doors, { files: nodeFiles, host: nodeHost });
});
