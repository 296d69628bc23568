import { join, resolve } from 'node:path';

/** The repository. This code runs as a bundle in out/host. */
export const rootFolder = resolve(__dirname, '..', '..');

/** What is fetched once from npm and outlives builds. */
export const cacheFolder = join(rootFolder, '.vscode-test');

/** Screenshots and logs of the last run. */
export const artifactsFolder = join(rootFolder, 'out', 'artifacts');
