import * as vscode from 'vscode';
import { plural } from '../contract/wording';
import { RemapError } from '../engine';
import { runDialog } from '../frame/dialog';
import { encodeText } from '../shared/encodedText';
import { PASTED_FORMS, type PastedForm, readAs } from '../shared/pasted/pastedBytes';
import { MAX_EDIT_BYTES } from '../shared/protocol';
import { editableIn } from './changeTarget';
import { copied } from './copiedBytes';
import { labelOfEdit } from './editLabels';
import type { EditorSession } from './session';

const FORM_WORDS: Readonly<Record<PastedForm, string>> = {
  hex: 'Hexadecimal',
  xxd: 'Lines of xxd',
  hexdump: 'Lines of hexdump',
  c: 'C Array or List of Numbers',
  escapes: 'Escapes \\x41\\x42',
  prefixed: 'Bytes 0x41, 0x42',
  base64: 'Base64',
};

const ENCODINGS = [
  ['utf8', 'Text in UTF-8'],
  ['latin1', 'Text in Latin-1'],
  ['utf16le', 'Text in UTF-16 LE'],
  ['utf16be', 'Text in UTF-16 BE'],
] as const;

/** So many bytes of each reading are shown. */
const SHOWN_BYTES = 8;

/** Asks in which form the text on the clipboard is to be read, and pastes its bytes. */
export async function pasteAs(session: EditorSession): Promise<void> {
  const { view, start } = editableIn(session);
  const text = await vscode.env.clipboard.readText();
  if (text === '') throw new RemapError('EINVAL', 'There is no text on the clipboard.');
  const readings = readingsOf(text);
  const choices = readings.map(({ label, bytes }) => ({ label, description: describe(bytes), value: bytes }));
  const bytes = await runDialog('Paste As', (dialog) => dialog.choice('What the clipboard has', choices));
  if (!bytes) return;
  const left = view.byteCount - start;
  if (bytes.length > left) {
    throw new RemapError(
      'EINVAL',
      `${bytes.length} bytes do not fit: ${left} are left from here to the end.`,
    );
  }
  if (bytes.length > MAX_EDIT_BYTES) {
    throw new RemapError('EINVAL', `At most ${MAX_EDIT_BYTES >> 20} MiB can be pasted at once.`);
  }
  await session.document.overwrite(view.id, start, bytes, labelOfEdit('pasted', bytes.length));
  session.reveal({ view: view.id, byteOffset: start }, true);
  session.say(`Pasted ${plural(bytes.length, 'byte')}.`);
}

/** Every form that the text can be read in, the likelier first; as text it can be read always. */
function readingsOf(text: string): { readonly label: string; readonly bytes: Uint8Array }[] {
  const own = copied.bytesOf(text, false);
  const forms = PASTED_FORMS.flatMap((form) => {
    const reading = readAs(text, form);
    return reading && 'bytes' in reading ? [{ label: FORM_WORDS[form], bytes: reading.bytes }] : [];
  });
  const texts = ENCODINGS.flatMap(([encoding, label]) => {
    const bytes = encodeText(text, encoding);
    return bytes ? [{ label, bytes }] : [];
  });
  return [...(own ? [{ label: 'The Bytes Copied Here', bytes: own }] : []), ...forms, ...texts];
}

function describe(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, SHOWN_BYTES)].map((byte) => byte.toString(16).padStart(2, '0'));
  const more = bytes.length > SHOWN_BYTES ? ' …' : '';
  return `${plural(bytes.length, 'byte')}: ${shown.join(' ')}${more}`;
}
