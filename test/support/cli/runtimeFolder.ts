import { tempFolder } from '../tempFolder';

/** A folder for each test of the enclosing `describe` in which this process keeps and finds the sockets of serves. */
export function runtimeFolder(): { path(name?: string): string } {
  const folder = tempFolder();
  const { XDG_RUNTIME_DIR: own } = process.env;
  beforeEach(() => {
    process.env.XDG_RUNTIME_DIR = folder.path();
  });
  after(() => {
    if (own === undefined) delete process.env.XDG_RUNTIME_DIR;
    else process.env.XDG_RUNTIME_DIR = own;
  });
  return folder;
}
