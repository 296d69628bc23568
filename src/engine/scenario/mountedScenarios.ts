import { badSectorsScenario } from './badUnderFiles';
import { FILE_SYSTEM_KINDS } from './fileSystems';
import { filesPowerLossScenario } from './filesPowerLoss';
import { filesSpareFullScenario } from './filesSpareFull';
import type { Scenario } from './scenario';

/** For each file system: bad sectors under it, a spare that runs full under it, and a power loss. */
export const MOUNTED_SCENARIOS: readonly Scenario[] = FILE_SYSTEM_KINDS.flatMap((kind) => [
  badSectorsScenario(kind),
  filesSpareFullScenario(kind),
  filesPowerLossScenario(kind),
]);
