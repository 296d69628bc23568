// Every id that the code shares with package.json, declared once: test/unit/manifest.test.ts compares the two both ways.

/** Commands with fixed arguments and results: callers in code rely on them (COMMANDS.md). */
export const commands = {
  createDevice: 'remap.createDevice',
  assemble: 'remap.assemble',
  assembleAll: 'remap.assembleAll',
  remove: 'remap.remove',
  suspend: 'remap.suspend',
  resume: 'remap.resume',
  listDevices: 'remap.listDevices',
  getDevice: 'remap.getDevice',
  listRemaps: 'remap.listRemaps',
  read: 'remap.read',
  write: 'remap.write',
  injectErrors: 'remap.injectErrors',
  clearErrors: 'remap.clearErrors',
  remapSector: 'remap.remapSector',
  unremapSector: 'remap.unremapSector',
  dropRemap: 'remap.dropRemap',
  writeMarkers: 'remap.writeMarkers',
  verifyMarkers: 'remap.verifyMarkers',
  loadModule: 'remap.loadModule',
  unloadModule: 'remap.unloadModule',
  listModules: 'remap.listModules',
  reloadModule: 'remap.reloadModule',
  reboot: 'remap.reboot',
  status: 'remap.status',
  table: 'remap.table',
  message: 'remap.message',
  checkMetadata: 'remap.checkMetadata',
  repairMetadata: 'remap.repairMetadata',
  relocate: 'remap.relocate',
  exportPaths: 'remap.exportPaths',
  scan: 'remap.scan',
  addSpare: 'remap.addSpare',
  saveOpenImage: 'remap.saveOpenImage',
  compare: 'remap.compare',
  mergeRescues: 'remap.mergeRescues',
  breakLock: 'remap.breakLock',
  openSectors: 'remap.openSectors',
  export: 'remap.export',
  unexport: 'remap.unexport',
  listExports: 'remap.listExports',
  volumes: 'remap.volumes',
  ownerOf: 'remap.ownerOf',
  sectorsOf: 'remap.sectorsOf',
  damage: 'remap.damage',
  runPersistenceTest: 'remap.runPersistenceTest',
} as const;

/** Commands for people only: they return nothing to a caller in code. */
export const uiCommands = {
  askReloadModule: 'remap.askReloadModule',
  askReboot: 'remap.askReboot',
  loadAllModules: 'remap.loadAllModules',
  askPersistenceTest: 'remap.askPersistenceTest',
  askPersistenceTestOnCopy: 'remap.askPersistenceTestOnCopy',
  pauseScan: 'remap.pauseScan',
  resumeScan: 'remap.resumeScan',
  showDevice: 'remap.showDevice',
  filterDevices: 'remap.filterDevices',
  clearDeviceFilter: 'remap.clearDeviceFilter',
  orderDevices: 'remap.orderDevices',
  sortRemaps: 'remap.sortRemaps',
  filterRemaps: 'remap.filterRemaps',
  clearRemapFilter: 'remap.clearRemapFilter',
  showRemap: 'remap.showRemap',
  filterFiles: 'remap.filterFiles',
  clearFileFilter: 'remap.clearFileFilter',
  querySectors: 'remap.querySectors',
  showFileInSectors: 'remap.showFileInSectors',
  saveFileAs: 'remap.saveFileAs',
  openFileContents: 'remap.openFileContents',
  openDeviceFile: 'remap.openDeviceFile',
  revealInExplorer: 'remap.revealInExplorer',
  copyPath: 'remap.copyPath',
  openForWriting: 'remap.openForWriting',
  deleteDevice: 'remap.deleteDevice',
  useMap: 'remap.useMap',
  copyExportUri: 'remap.copyExportUri',
  copyExportCommand: 'remap.copyExportCommand',
  copyStatus: 'remap.copyStatus',
  copyTable: 'remap.copyTable',
  copyShellScript: 'remap.copyShellScript',
  refresh: 'remap.refresh',
  showLog: 'remap.showLog',
} as const;

/** The buttons of the walkthrough: they act on the active device, and open its sectors beside the walkthrough. */
export const walkthroughCommands = {
  createDevice: 'remap.walkthrough.createDevice',
  writeMarkers: 'remap.walkthrough.writeMarkers',
  breakSector: 'remap.walkthrough.breakSector',
  reload: 'remap.walkthrough.reload',
  cutPower: 'remap.walkthrough.cutPower',
} as const;

/** Commands of the sector editor, for the one that is active. */
export const editorCommands = {
  goTo: 'remap.editor.goTo',
  goBack: 'remap.editor.goBack',
  goForward: 'remap.editor.goForward',
  toggleBookmark: 'remap.editor.toggleBookmark',
  listBookmarks: 'remap.editor.listBookmarks',
  nextBookmark: 'remap.editor.nextBookmark',
  previousBookmark: 'remap.editor.previousBookmark',
  goToStructure: 'remap.editor.goToStructure',
  interpretAs: 'remap.editor.interpretAs',
  find: 'remap.editor.find',
  revealInRemaps: 'remap.editor.revealInRemaps',
  nextSectorOfFile: 'remap.editor.nextSectorOfFile',
  openFile: 'remap.editor.openFile',
  toggleInspector: 'remap.editor.toggleInspector',
  toggleMap: 'remap.editor.toggleMap',
  toggleFolding: 'remap.editor.toggleFolding',
  copyHex: 'remap.editor.copyHex',
  copyText: 'remap.editor.copyText',
  copyC: 'remap.editor.copyC',
  copyBase64: 'remap.editor.copyBase64',
  copyXxd: 'remap.editor.copyXxd',
  copyDd: 'remap.editor.copyDd',
  pasteAs: 'remap.editor.pasteAs',
  fill: 'remap.editor.fill',
  saveSelectionAs: 'remap.editor.saveSelectionAs',
  writeFile: 'remap.editor.writeFile',
  compare: 'remap.editor.compare',
  compareSelected: 'remap.editor.compareSelected',
  nextDifference: 'remap.editor.nextDifference',
  previousDifference: 'remap.editor.previousDifference',
  listDifferences: 'remap.editor.listDifferences',
} as const;

/** Commands of VS Code. */
export const builtIn = {
  manageTrust: 'workbench.trust.manage',
  /** In the Explorer of the side bar: a file of the workspace. */
  reveal: 'revealInExplorer',
  /** In the system's own file manager. */
  revealOutside: 'revealFileInOS',
} as const;

/**
 * The language of device files, by which VS Code finds their settings, and the one in which their text is edited: JSON with
 * comments.
 */
export const deviceFileLanguages = { own: 'remap-device', text: 'jsonc' } as const;

/** Custom editors. */
export const editors = {
  /** A device, by its device file. */
  sectors: 'remapInspector.sectorEditor',
  /** Any file by itself. */
  image: 'remapInspector.imageEditor',
} as const;

/** Documents of the sector editor with what is on disk of a file that has unsaved edits. */
export const SAVED_SCHEME = 'remap-saved';

export const views = {
  container: 'remap',
  devices: 'remap.devices',
  modules: 'remap.modules',
  images: 'remap.images',
} as const;

/** Keys of `when` clauses. */
export const contextKeys = {
  /** The workspace was searched: only then an empty view means that there is no device. */
  ready: 'remap.ready',
  /** A device is known, assembled or not. */
  hasDevices: 'remap.hasDevices',
  /** A device is assembled. */
  hasAssembled: 'remap.hasAssembled',
  /** An image of an assembled device is displaced (R13). */
  hasDisplaced: 'remap.hasDisplaced',
  /** A known device isn't assembled. */
  hasUnassembled: 'remap.hasUnassembled',
  /** The images that belong to no device were looked at: no two of them make one. */
  hasNoPair: 'remap.hasNoPair',
  /** They were looked at: there is nothing to say of them. */
  hasNoAdvice: 'remap.hasNoAdvice',
  /** An assembled device is suspended. */
  hasSuspended: 'remap.hasSuspended',
  /** The view lists only devices that match a filter. */
  isFiltered: 'remap.isFiltered',
  /** A scan runs. */
  isScanning: 'remap.isScanning',
  /** Scans are paused. */
  isScanPaused: 'remap.isScanPaused',
  /** The active sector editor is compared with another one. */
  isComparing: 'remap.isComparing',
  /** A device was created just now. This and those that follow complete the steps of the walkthrough. */
  hasCreated: 'remap.hasCreated',
  /** Markers were written. */
  hasWrittenMarkers: 'remap.hasWrittenMarkers',
  /** A marker's sector was bad as the marker was written, and moved to the spare. */
  hasMovedMarker: 'remap.hasMovedMarker',
  /** The module was reloaded, and all markers were there afterwards. */
  hasReloaded: 'remap.hasReloaded',
  /** The power was cut, and all markers were there afterwards. */
  hasLostPower: 'remap.hasLostPower',
} as const;

export const settings = {
  modulesAtStart: 'remap.modulesAtStart',
  assembleAtStart: 'remap.assembleAtStart',
  reloadWaitSeconds: 'remap.reloadWaitSeconds',
  statusDialect: 'remap.statusDialect',
  scanRate: 'remap.scanRate',
  deviceOrder: 'remap.deviceOrder',
  editorBytesPerRow: 'remap.editor.bytesPerRow',
  editorGrouping: 'remap.editor.grouping',
  editorOffsets: 'remap.editor.offsets',
  editorTextEncoding: 'remap.editor.textEncoding',
  editorByteColors: 'remap.editor.byteColors',
  editorStructureColors: 'remap.editor.structureColors',
  editorStructures: 'remap.editor.structures',
  editorFoldEqualSectors: 'remap.editor.foldEqualSectors',
  testSoakSeconds: 'remap.test.soakSeconds',
  testPowerLossPoints: 'remap.test.powerLossPoints',
  testSeed: 'remap.test.seed',
} as const;

export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];
