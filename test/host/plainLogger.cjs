/**
 * Stands in for @vscode/spdlog in the embedded VS Code, where its native half isn't built: without a logger the output
 * panel stays empty. Appends to the file at once; files of a test window need no rotation.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  #path;
  #level = 0;
  #isPlain = false;

  constructor(_type, _name, path) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
  }

  trace = (message) => this.#write(0, message);
  debug = (message) => this.#write(1, message);
  info = (message) => this.#write(2, message);
  warn = (message) => this.#write(3, message);
  error = (message) => this.#write(4, message);
  critical = (message) => this.#write(5, message);
  getLevel = () => this.#level;
  setLevel = (level) => {
    this.#level = level;
  };
  clearFormatters = () => {
    this.#isPlain = true;
  };
  setPattern() {}
  flush() {}
  drop() {}

  #write(level, message) {
    if (level < this.#level) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    appendFileSync(this.#path, this.#isPlain ? message : `${time} [${levels[level]}] ${message}\n`);
  }
}

const createLogger = async (name, path) => new Logger('', name, path);
const ignore = () => undefined;

// One by one: an import finds the names of a CommonJS module by reading, not by running it.
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = ignore;
exports.setFlushOn = ignore;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
