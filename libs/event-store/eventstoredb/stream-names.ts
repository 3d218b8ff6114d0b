/** The stream that holds this log's id. Its events, like the server's own, are passed over and never handed out. */
export const LOG_STREAM = 'touchline-log';

/** In place of the names of streams that are not ours: none of ours begins so, nor is any of the server's own called so. */
const FOREIGN = '$foreign/';

export const isForeign = (stream: string): boolean => stream.startsWith(FOREIGN);

/** What a namespace may be called: it stands in front of names, and before the first "-" by which the server tells categories. */
export const NAMESPACE = /^[a-z][a-z0-9]{0,30}$/;

/**
 * What our streams are called on the server. What is in the log's namespace is ours, and nothing is forgiven there; all else
 * belongs to others who share the server. A log that was begun without a namespace has none: everything on the server but the
 * server's own is taken for its own.
 */
export class StreamNames {
  private constructor(
    private readonly prefix: string,
    private readonly logStream: string,
  ) {}

  /** As a log is looked for, and begun where there is none. '' for no namespace. */
  static in(namespace: string): StreamNames {
    return namespace === '' ? new StreamNames('', LOG_STREAM) : new StreamNames(`${namespace}.`, `${namespace}-log`);
  }

  /** Of a log that says of itself that it has no namespace, wherever it was looked for. */
  withoutNamespace(): StreamNames {
    return new StreamNames('', this.logStream);
  }

  onServer(stream: string): string {
    if (stream === LOG_STREAM) return this.logStream;
    return stream.startsWith('$$') ? `$$${this.prefix}${stream.slice(2)}` : `${this.prefix}${stream}`;
  }

  /** As the port has it; the server's own keep theirs, and those of others are marked. */
  fromServer(name: string): string {
    if (name === this.logStream) return LOG_STREAM;
    if (this.prefix === '') return name;
    if (name.startsWith(this.prefix)) return name.slice(this.prefix.length);
    if (name.startsWith(`$$${this.prefix}`)) return `$$${name.slice(this.prefix.length + 2)}`;
    return FOREIGN + name;
  }
}
