import type { StructureDescription } from './description';
import { btrfsSuperblock } from './formats/btrfs';
import { exfatBoot } from './formats/exfat';
import { extSuperblock } from './formats/ext';
import { fatBoot } from './formats/fat';
import { gptHeader } from './formats/gpt';
import { luks1Header, luks2Header } from './formats/luks';
import { lvmLabel } from './formats/lvm';
import { mbr } from './formats/mbr';
import { mdSuperblock, mdSuperblock090 } from './formats/md';
import { ntfsBoot } from './formats/ntfs';
import { swapHeader } from './formats/swap';
import { xfsSuperblock } from './formats/xfs';

/** Every structure that is recognised. Of vague ones at one place the first is meant. */
export const STRUCTURES: readonly StructureDescription[] = [
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
  fatBoot,
  mbr,
];
