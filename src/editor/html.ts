import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The folder of the page's bundle: the only one that webviews may load from. */
export function webviewRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist');
}

/**
 * The HTML of the editor's page: it allows no inline style and no script but the bundle's, which builds the content.
 */
export function editorHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extensionUri), file));
  const nonce = randomBytes(16).toString('base64url');
  const { cspSource } = webview;
  const policy = [
    "default-src 'none'",
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  <link rel="stylesheet" href="${uri('codicon.css')}">
  <link rel="stylesheet" href="${uri('editor.css')}">
  <title>Sector editor</title>
</head>
<body>
  <script nonce="${nonce}" src="${uri('editor.js')}"></script>
</body>
</html>`;
}
