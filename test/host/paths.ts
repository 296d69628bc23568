import { join, resolve } from 'node:path';

/** The repository; this code runs as a bundle in out/host. */
export const rootFolder = resolve(__dirname, '..', '..');

/** Everything heavy that is fetched once and outlives builds. */
export const cacheFolder = join(rootFolder, '.vscode-test');

/** What tests leave for people to look at: screenshots and the host's log. */
export const artifactsFolder = join(rootFolder, 'out', 'artifacts');
