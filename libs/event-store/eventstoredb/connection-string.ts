/** Options the client knows, spelt as it compares them: lower case, without `-` and `_`. */
const KNOWN_OPTIONS = new Set([
  'connectionname',
  'defaultdeadline',
  'discoveryinterval',
  'gossiptimeout',
  'keepaliveinterval',
  'keepalivetimeout',
  'maxdiscoverattempts',
  'nodepreference',
  'throwonappendfailure',
  'tls',
  'tlscafile',
  'tlsverifycert',
  'usercertfile',
  'userkeyfile',
]);

export class MalformedConnectionString extends Error {
  override readonly name = 'MalformedConnectionString';
  constructor(fault: string) {
    super(`${fault}; expected esdb://[user:password@]host[:port][,host…][?option=value&…] or esdb+discover://…`);
  }
}

/**
 * The hosts of a connection string, for messages; never its credentials.
 * Refuses what would make the client print the whole string, password included: unknown options, tlsVerifyCert=false.
 * @throws MalformedConnectionString without repeating any of the string's values
 */
export function serverOf(connectionString: string): string {
  const match = /^esdb(?:\+discover)?:\/\/(?:[^@/?]*@)?([^@/?]+)\/?(?:\?(.*))?$/.exec(connectionString.trim());
  if (match === null) throw new MalformedConnectionString('the EventStoreDB connection string is malformed');
  for (const [name, value] of new URLSearchParams(match[2] ?? '')) {
    const flat = name.toLowerCase().replace(/[_-]/g, '');
    if (!KNOWN_OPTIONS.has(flat)) throw new MalformedConnectionString(`unknown option "${name}" in the EventStoreDB connection string`);
    if (flat === 'tlsverifycert' && value === 'false')
      throw new MalformedConnectionString(
        'the EventStoreDB client cannot switch certificate checks off, name the authority with tlsCAFile',
      );
  }
  return match[1]!;
}
