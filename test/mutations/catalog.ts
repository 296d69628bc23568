import { BLOCK_MUTATIONS } from './blockMutations';
import { CLUSTER_MUTATIONS } from './clusterMutations';
import { DEVICE_MUTATIONS } from './deviceMutations';
import { EDITOR_MUTATIONS } from './editorMutations';
import { EXPORT_MUTATIONS } from './exportMutations';
import { EXT_MUTATIONS } from './extMutations';
import { FAILURE_MUTATIONS } from './failureMutations';
import { FORMAT_MUTATIONS } from './formatMutations';
import { MAP_MUTATIONS } from './mapMutations';
import { METADATA_MUTATIONS } from './metadataMutations';
import type { Mutation } from './mutation';
import { NTFS_MUTATIONS } from './ntfsMutations';
import { PLACE_MUTATIONS } from './placeMutations';
import { REMAP_MUTATIONS } from './remapMutations';
import { STRUCTURE_MUTATIONS } from './structureMutations';
import { VOLUME_MUTATIONS } from './volumeMutations';

/** All mutations, in the order in which they are made. */
export const MUTATIONS: readonly Mutation[] = [
  ...REMAP_MUTATIONS,
  ...DEVICE_MUTATIONS,
  ...METADATA_MUTATIONS,
  ...BLOCK_MUTATIONS,
  ...FORMAT_MUTATIONS,
  ...FAILURE_MUTATIONS,
  ...MAP_MUTATIONS,
  ...PLACE_MUTATIONS,
  ...EXPORT_MUTATIONS,
  ...CLUSTER_MUTATIONS,
  ...NTFS_MUTATIONS,
  ...EXT_MUTATIONS,
  ...VOLUME_MUTATIONS,
  ...EDITOR_MUTATIONS,
  ...STRUCTURE_MUTATIONS,
];
