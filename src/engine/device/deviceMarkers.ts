import {
  type MarkerKnowledge,
  type MarkerOptions,
  type MarkerVerification,
  verifyMarkers,
  writeMarkers,
} from '../marker/markerIo';
import type { DeviceSpec, MarkerSpec, SectorOrigin } from './deviceContracts';
import type { DeviceParts } from './deviceParts';
import { collectRemapped } from './writeSectors';

/** Which markers; what is absent is taken from the device's own. */
export interface MarkerRequest extends MarkerOptions, Pick<MarkerKnowledge, 'wasWritten'> {
  readonly sectors?: readonly number[];
  readonly text?: string;
}

/** Writes markers and flushes. Sectors that were tried count as changed, also when it fails. Errors: {@link writeMarkers}. */
export async function writeDeviceMarkers(
  device: DeviceParts,
  request: MarkerRequest,
): Promise<{ written: number; remapped: number[] }> {
  const { spec, target, mainIdentity, events } = device;
  const { sectors, text } = markersOf(spec, request);
  const tried: number[] = [];
  try {
    const remapped = await collectRemapped(async (options) => {
      const written = {
        sectorCount: target.sectorCount,
        write: (sector: number, bytes: Uint8Array) => {
          tried.push(sector);
          return target.write(sector, bytes, options);
        },
        flush: () => target.flush(),
      };
      await writeMarkers(written, sectors, text, request);
    });
    return { written: sectors.length, remapped };
  } finally {
    for (const sector of tried) mainIdentity.noteWrite(sector);
    await device.renewIdentity();
    if (tried.length > 0) events.sectorsChanged(tried.map((sector) => [sector, 1]));
  }
}

/** Reads markers through the whole stack, and says of each where its bytes come from. Errors: {@link verifyMarkers}. */
export function verifyDeviceMarkers(
  { spec, target, origins }: DeviceParts,
  request: MarkerRequest,
): Promise<MarkerVerification> {
  const { sectors, text } = markersOf(spec, request);
  const describeSource = (sector: number): string => describeOrigin(origins.of('device', sector, 1)[0]!);
  return verifyMarkers(target, sectors, text, { ...request, describeSource });
}

function markersOf({ markers }: DeviceSpec, { sectors, text }: MarkerRequest): MarkerSpec {
  return { sectors: sectors ?? markers.sectors, text: text ?? markers.text };
}

/** Where a sector's bytes come from, in words. */
function describeOrigin(origin: SectorOrigin): string {
  if (origin.kind === 'spare') return `spare sector ${origin.at}`;
  const disk = origin.detail === undefined ? 'main' : 'the spare';
  if (origin.kind === 'bad') return `bad sector of ${disk}`;
  return origin.kind === 'notRescued' ? `sector of ${disk} that was not rescued` : disk;
}
