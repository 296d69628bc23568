import { formatMapfile, type Mapfile } from '../../../src/engine/mapfile/mapfile';
import { parseMapfile } from '../../../src/engine/mapfile/mapfileParser';

/** The rescue map in a text; errors name the file `a.map`. */
export function parseText(text: string): Mapfile {
  return parseMapfile(Buffer.from(text, 'latin1'), { path: 'a.map' });
}

export function formatText(mapfile: Mapfile): string {
  return [...formatMapfile(mapfile)].join('');
}
