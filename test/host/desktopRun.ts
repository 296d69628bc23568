import { spawnSync } from 'node:child_process';
import { resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';

/** What this program shall run; it is a process of its own, so that `xvfb-run` can start it. */
export interface DesktopRequest {
  readonly executablePath: string;
  readonly extensionPath: string;
  readonly suitePath: string;
  readonly workspace: string;
  readonly profile: string;
  readonly extensions: string;
  readonly vsix?: string;
}

const request = JSON.parse(process.argv[2] ?? '') as DesktopRequest;
const folders = [`--user-data-dir=${request.profile}`, `--extensions-dir=${request.extensions}`];

if (request.vsix) install(request.vsix);
runTests({
  vscodeExecutablePath: request.executablePath,
  extensionDevelopmentPath: request.extensionPath,
  extensionTestsPath: request.suitePath,
  launchArgs: [request.workspace, ...folders],
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

function install(vsix: string): void {
  const [cli = '', ...args] = resolveCliArgsFromVSCodeExecutablePath(request.executablePath, {
    reuseMachineInstall: true,
  });
  const shell = process.platform === 'win32';
  const all = [...args, ...folders, '--no-sandbox', '--install-extension', vsix];
  const { status } = spawnSync(shell ? `"${cli}"` : cli, all, { stdio: 'inherit', shell });
  if (status !== 0) throw new Error(`${vsix} could not be installed`);
}
