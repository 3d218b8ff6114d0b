/** Kinds of values of the options that the client knows. */
const IS = {
  flag: (value: string): boolean => /^(true|false)$/i.test(value),
  number: (value: string): boolean => /^-?\d{1,9}$/.test(value),
  node: (value: string): boolean => ['leader', 'follower', 'random', 'readonlyreplica'].includes(flat(value)),
  text: (value: string): boolean => value !== '',
} as const;

/** Options by their names as the client compares them: lower case, without `-` and `_`. */
const OPTIONS: Readonly<Record<string, keyof typeof IS>> = {
  connectionname: 'text',
  defaultdeadline: 'number',
  discoveryinterval: 'number',
  gossiptimeout: 'number',
  keepaliveinterval: 'number',
  keepalivetimeout: 'number',
  maxdiscoverattempts: 'number',
  nodepreference: 'node',
  throwonappendfailure: 'flag',
  tls: 'flag',
  tlscafile: 'text',
  tlsverifycert: 'flag',
  usercertfile: 'text',
  userkeyfile: 'text',
};

function flat(text: string): string {
  return text.trim().toLowerCase().replace(/[_-]/g, '');
}

/** What an address of an EventStoreDB log looks like, for whoever sets one. */
export const EVENT_STORE_ADDRESS_FORM =
  'esdb://[user:password@]host[:port][,host[:port]…][?option=value&…], or esdb+discover://name for a cluster with one DNS name';

export class MalformedConnectionString extends Error {
  override readonly name = 'MalformedConnectionString';
  constructor(fault: string) {
    super(`${fault}; expected ${EVENT_STORE_ADDRESS_FORM}`);
  }
}

export interface EventStoreAddress {
  /** As the client takes it. */
  connectionString: string;
  /** The hosts, for messages; never the credentials. */
  server: string;
  /** Without it nobody is authenticated. */
  tls: boolean;
  /** Whom it signs in as; null where nobody. */
  user: { username: string; password: string } | null;
}

const ADDRESS = /^(esdb|kurrentdb)(\+discover)?:\/\/(?:([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/;
const HOST = /^[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?(?::(\d{1,5}))?$/i;

/**
 * Reads the address of a server or a cluster, the successor's spelling too, which the client does not know. Of several hosts
 * behind `+discover` the client would ask the first only: they are the cluster's seeds, any of which may be down.
 * @throws MalformedConnectionString without repeating any value, which may be a password
 */
export function readEventStoreAddress(text: string): EventStoreAddress {
  const [match, , discover, credentials, hosts = '', query = ''] = ADDRESS.exec(text.trim()) ?? [];
  if (match === undefined) throw new MalformedConnectionString('it is no address of an EventStoreDB server');
  const servers = hosts.split(',');
  for (const server of servers) {
    if (server.startsWith('[')) throw new MalformedConnectionString('the client takes no IPv6 address: give the host by a name');
    const [host, port = '1'] = HOST.exec(server) ?? [];
    if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
      throw new MalformedConnectionString(servers.length > 1 ? 'one of its hosts is no host' : 'its host is no host');
  }
  if (credentials !== undefined && !(/^[^:]+:[^:]+$/.test(credentials) && isEscaped(credentials)))
    throw new MalformedConnectionString('a user goes with a password, both with %-escapes for anything special');
  if (!isEscaped(query)) throw new MalformedConnectionString('a "%" in its options stands for itself only as %25');
  checkOptions(query);
  const scheme = discover !== undefined && servers.length === 1 ? 'esdb+discover' : 'esdb';
  const user = credentials === undefined ? '' : `${credentials}@`;
  const connectionString = `${scheme}://${user}${hosts}${query === '' ? '' : `?${query}`}`;
  const tls = ![...new URLSearchParams(query)].some(([name, value]) => flat(name) === 'tls' && /^false$/i.test(value));
  return { connectionString, server: hosts, tls, user: credentials === undefined ? null : userOf(credentials) };
}

function userOf(credentials: string): { username: string; password: string } {
  const [username = '', password = ''] = credentials.split(':').map(decodeURIComponent);
  return { username, password };
}

/** Whether every `%` in it begins an escape, and the escapes are text. */
function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function checkOptions(query: string): void {
  for (const [name, value] of new URLSearchParams(query)) {
    const kind = OPTIONS[flat(name)];
    if (kind === undefined) throw new MalformedConnectionString(`it has an option "${name}" that nobody knows`);
    if (!IS[kind](value)) throw new MalformedConnectionString(`its option "${name}" has no such value`);
    if (flat(name) === 'tlsverifycert' && /^false$/i.test(value))
      throw new MalformedConnectionString('the client cannot switch the check of certificates off: name the authority with tlsCAFile');
  }
}
