import { App, type WebviewApi } from './app';

declare function acquireVsCodeApi(): WebviewApi;

const app = new App(acquireVsCodeApi());
window.addEventListener('message', (event) => app.receive(event.data));
window.addEventListener('focus', () => app.focused());
window.addEventListener('blur', () => app.left());
// What had the focus may be gone: a notice that was answered, a button that is done.
document.addEventListener('focusout', () => setTimeout(() => app.focused()));
window.addEventListener('pagehide', () => app.dispose());
void document.fonts.ready.then(() => app.restyled());
const restyling = new MutationObserver(() => app.restyled());
restyling.observe(document.body, { attributeFilter: ['class'] });
restyling.observe(document.documentElement, { attributeFilter: ['style'] });
app.start(document.body);
