import { DEFAULT_MARKERS } from '../contract/deviceContent';
import { isSamePath } from '../contract/pathKey';
import { type DeviceSpec, findDevices, type ReassemblyProblem, RemapError } from '../engine';
import type { DeviceEntry } from './deviceEntry';

/** Devices that were found by their images alone, and spares whose device can't be put together. */
export interface FoundInImages {
  readonly specs: readonly DeviceSpec[];
  readonly problems: readonly ReassemblyProblem[];
}

/**
 * Looks for devices in images, as a boot does. Where a device file names a spare that was found, the device gets the
 * file's name and markers: its main was only moved. `deviceFile` is null: the file still names the old place.
 */
export async function findInImages(
  imagePaths: readonly string[],
  entries: readonly DeviceEntry[],
): Promise<FoundInImages> {
  const { found, problems } = await findDevices(imagePaths);
  const specs = found.map(({ name, main, spares }): DeviceSpec => {
    const entry = entries.find(({ content }) =>
      content?.spares.some((named) => spares.some((spare) => spare !== null && isSamePath(spare, named))),
    );
    return {
      name: entry?.name ?? name,
      deviceFile: null,
      main,
      spares: spares.map(
        (spare, index) => spare ?? entry?.content?.spares[index] ?? missingName(main, index),
      ),
      flakey: null,
      markers: entry?.content?.markers ?? DEFAULT_MARKERS,
    };
  });
  return { specs, problems };
}

/** All problems of a search as one error, with the code of the first; undefined when there are none. */
export function searchError(problems: readonly ReassemblyProblem[]): RemapError | undefined {
  const [first, ...others] = problems.map(({ error }) => error);
  if (!first || others.length === 0) return first;
  const message = [first, ...others].map((error) => error.message).join('; ');
  return new RemapError(first.code, message, first.details, { cause: first });
}

/** A path for a spare that was not found: opening it fails, and the error shows which spare of the pool is missing. */
function missingName(main: string, index: number): string {
  return `${main}.spare-${index} (not found)`;
}
