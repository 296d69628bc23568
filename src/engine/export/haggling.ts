import { chooseContexts, listContexts, type MetaContext } from './contexts';
import type { DeviceExport } from './deviceExport';
import type { Inbox } from './inbox';
import { type InfoRequest, parseContextRequest, parseInfoRequest } from './optionData';
import { exportNameReply, infoReplies, optionReply } from './optionReplies';
import {
  HandshakeFlag,
  MAX_STRING_BYTES,
  OPTION_HEADER_BYTES,
  OPTION_MAGIC,
  Option,
  OptionReply,
} from './wire';

/** Options have at most so many bytes of data; longer data are skipped unread. */
const MAX_DATA_BYTES = 64 * 1024;

/** What a client and the server have agreed on when the haggling ends. */
export interface Agreement {
  readonly export: DeviceExport;
  /** Reads are answered in chunks. */
  readonly structured: boolean;
  /** What BLOCK_STATUS tells. */
  readonly contexts: readonly MetaContext[];
}

/** What the haggling needs of the server. */
export interface HagglingHost {
  /** Every option is refused from now on. */
  readonly isEnding: boolean;
  exports(): readonly DeviceExport[];
  find(name: string): DeviceExport | undefined;
  send(bytes: Buffer): void;
}

/** What came of the bytes so far: more are needed, the client must be disconnected, or both sides agree. */
export type HagglingOutcome = 'more' | 'close' | Agreement;

/** What is left of an option whose data are skipped. */
interface Skipped {
  readonly option: number;
  left: number;
}

/** The first part of a connection, fixed newstyle: the client chooses an export, one option after the other. */
export class Haggling {
  readonly #host: HagglingHost;
  #noZeroes: boolean | null = null;
  #structured = false;
  #contexts: { readonly name: string; readonly chosen: readonly MetaContext[] } | null = null;
  #header: { readonly option: number; readonly length: number } | null = null;
  #skipped: Skipped | null = null;

  constructor(host: HagglingHost) {
    this.#host = host;
  }

  /** Goes on as far as the bytes allow. */
  step(inbox: Inbox): HagglingOutcome {
    if (this.#noZeroes === null) {
      const flags = inbox.take(4)?.readUInt32BE();
      if (flags === undefined) return 'more';
      if ((flags & ~(HandshakeFlag.fixedNewstyle | HandshakeFlag.noZeroes)) !== 0) return 'close';
      this.#noZeroes = (flags & HandshakeFlag.noZeroes) !== 0;
    }
    for (;;) {
      const outcome = this.#nextOption(inbox);
      if (outcome !== null) return outcome;
    }
  }

  /** Null: the option was answered, and another one follows. */
  #nextOption(inbox: Inbox): HagglingOutcome | null {
    if (this.#skipped) return this.#skip(inbox, this.#skipped);
    if (!this.#header) {
      const bytes = inbox.take(OPTION_HEADER_BYTES);
      if (!bytes) return 'more';
      if (bytes.readBigUInt64BE() !== OPTION_MAGIC) return 'close';
      this.#header = { option: bytes.readUInt32BE(8), length: bytes.readUInt32BE(12) };
    }
    const { option, length } = this.#header;
    if (length > MAX_DATA_BYTES) {
      if (option === Option.exportName) return 'close';
      this.#skipped = { option, left: length };
      this.#header = null;
      return null;
    }
    const data = inbox.take(length);
    if (!data) return 'more';
    this.#header = null;
    return this.#answer(option, data);
  }

  #skip(inbox: Inbox, skipped: Skipped): HagglingOutcome | null {
    skipped.left -= inbox.skip(skipped.left);
    if (skipped.left > 0) return 'more';
    this.#skipped = null;
    const isKnown = Object.values<number>(Option).includes(skipped.option);
    if (skipped.option === Option.abort) return this.#abort();
    return this.#refuse(skipped.option, isKnown ? OptionReply.invalid : OptionReply.unsupported);
  }

  #answer(option: number, data: Buffer): HagglingOutcome | null {
    if (option === Option.abort) return this.#abort();
    if (option === Option.exportName) return this.#exportName(data);
    if (this.#host.isEnding) return this.#refuse(option, OptionReply.shutdown);
    switch (option) {
      case Option.list:
        return this.#list(data);
      case Option.info:
      case Option.go:
        return this.#infoOrGo(option, data);
      case Option.structuredReply:
        if (data.length > 0) return this.#refuse(option, OptionReply.invalid);
        this.#structured = true;
        return this.#acknowledge(option);
      case Option.listMetaContext:
      case Option.setMetaContext:
        return this.#metaContext(option, data);
      default:
        return this.#refuse(option, OptionReply.unsupported);
    }
  }

  /** The client may be gone already: the answer is sent all the same. */
  #abort(): 'close' {
    this.#acknowledge(Option.abort);
    return 'close';
  }

  /** Has no reply that could refuse it. */
  #exportName(data: Buffer): HagglingOutcome {
    const isShort = data.length <= MAX_STRING_BYTES;
    const chosen = isShort && !this.#host.isEnding ? this.#host.find(data.toString('utf8')) : undefined;
    if (!chosen) return 'close';
    this.#host.send(exportNameReply(chosen, this.#structured, this.#noZeroes === true));
    return this.#agree(data.toString('utf8'), chosen);
  }

  #list(data: Buffer): null {
    if (data.length > 0) return this.#refuse(Option.list, OptionReply.invalid);
    for (const { name, description } of this.#host.exports()) {
      const bytes = Buffer.from(name);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      const text = Buffer.concat([length, bytes, Buffer.from(description)]);
      this.#host.send(optionReply(Option.list, OptionReply.server, text));
    }
    return this.#acknowledge(Option.list);
  }

  #infoOrGo(option: typeof Option.info | typeof Option.go, data: Buffer): HagglingOutcome | null {
    const request: InfoRequest | null = parseInfoRequest(data);
    if (!request) return this.#refuse(option, OptionReply.invalid);
    const chosen = this.#host.find(request.name);
    if (!chosen) return this.#refuse(option, OptionReply.unknown);
    const replies = infoReplies(option, chosen, request.infos, this.#structured);
    this.#host.send(Buffer.concat([...replies, optionReply(option, OptionReply.ack)]));
    return option === Option.go ? this.#agree(request.name, chosen) : null;
  }

  #metaContext(option: number, data: Buffer): null {
    const isSet = option === Option.setMetaContext;
    // The former choice ends even if this one fails.
    if (isSet) this.#contexts = null;
    const request = this.#structured ? parseContextRequest(data) : null;
    if (!request) return this.#refuse(option, OptionReply.invalid);
    if (!this.#host.find(request.name)) return this.#refuse(option, OptionReply.unknown);
    const contexts = isSet ? chooseContexts(request.queries) : listContexts(request.queries);
    for (const { id, name } of contexts) {
      const idBytes = Buffer.alloc(4);
      idBytes.writeUInt32BE(isSet ? id : 0);
      const bytes = Buffer.concat([idBytes, Buffer.from(name)]);
      this.#host.send(optionReply(option, OptionReply.metaContext, bytes));
    }
    if (isSet) this.#contexts = { name: request.name, chosen: contexts };
    return this.#acknowledge(option);
  }

  /** Contexts count only for the export that they were chosen for. */
  #agree(name: string, chosen: DeviceExport): Agreement {
    const contexts = this.#contexts?.name === name ? this.#contexts.chosen : [];
    return { export: chosen, structured: this.#structured, contexts };
  }

  #acknowledge(option: number): null {
    this.#host.send(optionReply(option, OptionReply.ack));
    return null;
  }

  #refuse(option: number, type: number): null {
    this.#host.send(optionReply(option, type));
    return null;
  }
}
