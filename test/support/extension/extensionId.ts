/** Publisher and name, as VS Code joins them: how a test finds the extension that it tests. */
export const extensionId = 'remap-inspector.remap-inspector';
