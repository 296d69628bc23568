/** The path of a socket for a test: a file, or on Windows, where there are none, the named pipe that has the file's name. */
export function socketPath(file: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\${file.replaceAll(/[\\/:]/g, '-')}` : file;
}
