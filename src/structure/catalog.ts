import type { StructureDescription } from './description';
import { btrfsSuperblock } from './formats/btrfs';
import { dmRemapCopy } from './formats/dmRemap';
import { dmRemapScript } from './formats/dmRemapScript';
import { dmRemapTable } from './formats/dmRemapTable';
import { exfatBoot } from './formats/exfat';
import { extSuperblock } from './formats/ext';
import { fatBoot } from './formats/fat';
import { gptHeader } from './formats/gpt';
import { logWritesSuperblock } from './formats/logWrites';
import { luks1Header, luks2Header } from './formats/luks';
import { lvmLabel } from './formats/lvm';
import { mbr } from './formats/mbr';
import { mdSuperblock, mdSuperblock090 } from './formats/md';
import { ntfsBoot } from './formats/ntfs';
import { swapHeader } from './formats/swap';
import { xfsSuperblock } from './formats/xfs';

/** Every structure that is known without a description from a file. Of vague ones at one place the first is meant. */
export const BUILT_IN: readonly StructureDescription[] = [
  dmRemapScript,
  dmRemapTable,
  logWritesSuperblock,
  gptHeader,
  extSuperblock,
  exfatBoot,
  ntfsBoot,
  xfsSuperblock,
  btrfsSuperblock,
  luks1Header,
  luks2Header,
  lvmLabel,
  mdSuperblock,
  mdSuperblock090,
  swapHeader,
  dmRemapCopy,
  fatBoot,
  mbr,
];
