import { posix } from 'node:path';
import * as vscode from 'vscode';
import { SAVED_SCHEME } from '../manifest';
import type { ViewInfo } from '../shared/protocol';
import type { DocumentSubject } from './documentSubjects';
import type { SectorSource } from './sectorSource';

/** Ends the name of the tab. */
const SUFFIX = ' (saved)';

/** The document that shows what is on disk of another one, which has unsaved edits. */
export function savedUri({ path }: vscode.Uri): vscode.Uri {
  return vscode.Uri.file('/').with({ scheme: SAVED_SCHEME, path: `${path}${SUFFIX}` });
}

/** The subject of a document, by what makes one for a file. What is on disk can't be edited where it is shown by itself. */
export function subjectFor(uri: vscode.Uri, make: (file: vscode.Uri) => DocumentSubject): DocumentSubject {
  if (uri.scheme !== SAVED_SCHEME) return make(uri);
  const file = uri.with({ scheme: 'file', path: uri.path.slice(0, -SUFFIX.length) });
  const subject = make(file);
  const name = posix.basename(file.path);
  return {
    deviceKey: subject.deviceKey,
    onDidAppear: subject.onDidAppear,
    volumesOf: (view) => subject.volumesOf(view),
    open: async () => asSaved(await subject.open(), `This is what is saved: edit ${name} itself.`),
    dispose: () => subject.dispose(),
  };
}

/** The same source with views that can't be edited. */
function asSaved(source: SectorSource, readOnlyReason: string): SectorSource {
  return new Proxy(source, {
    get(target, key) {
      if (key === 'views') return target.views.map((view): ViewInfo => ({ ...view, readOnlyReason }));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
