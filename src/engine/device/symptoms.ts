import type { DeviceReason } from './deviceContracts';
import type { DeviceParts } from './deviceParts';
import type { UnreadableSectors } from './sectorOrigins';

/** What is wrong with a device, as far as that is known without reading anything. */
export interface DeviceSymptoms {
  /** Why it is degraded or read-only. */
  readonly reasons: readonly DeviceReason[];
  readonly unreadable: UnreadableSectors;
  /** Metadata copies that are damaged or can't be written, on all spares together. */
  readonly damagedCopies: number;
  /** Whether requests wait until the suspended device is resumed. */
  readonly holdsRequests: boolean;
  /** 0 to 100, by the kernel's formula. */
  readonly healthScore: number;
}

export function describeSymptoms({ reasons, origins, stores, target, health }: DeviceParts): DeviceSymptoms {
  return {
    reasons,
    unreadable: origins.unreadable(),
    damagedCopies: stores.reduce((sum, store) => sum + (store?.damagedCopyCount ?? 0), 0),
    holdsRequests: target.holdsRequests,
    healthScore: health.score(),
  };
}
