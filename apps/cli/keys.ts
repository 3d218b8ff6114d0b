import type { Command } from 'commander';
import type { Platform } from '@touchline/platform/platform.js';
import { EXIT } from './exit.js';
import { untilInterrupted } from './interrupt.js';
import { withPlatform } from './platform.js';
import { countBar } from './progress.js';

const HELP = `
Exit codes:
  0  done                             2  settings cannot be used
  1  failed on the way                130  stopped (Ctrl-C); the same command goes on

docs/runbooks/rotate-master-keys.md says in which order to do what.`;

interface MasterKeyState {
  version: number;
  /** People's keys that it wraps. */
  keys: number;
  inSettings: boolean;
  state: 'wraps' | 'outdated' | 'may-leave';
}

interface KeysState {
  masterKeys: MasterKeyState[];
  /** Keys that were destroyed, and those that are not to be made. */
  erased: number;
}

export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .summary('master keys, and what they wrap')
    .description('The master keys of the settings, which wrap the key of each person whose data are held, and their rotation.');
  keys
    .command('status')
    .description("How many people's keys each master key wraps, and which master keys may leave the settings.")
    .option('--json', 'print it as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json }: { json?: true }) => {
      const state = await withPlatform(stateOf);
      process.stdout.write(json ? `${JSON.stringify(state, null, 2)}\n` : stateText(state));
    });
  keys
    .command('rotate')
    .description("Wraps every person's key with the newest master key. What it seals stays as it is, and writers may go on.")
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', HELP)
    .action(async ({ quiet = false }: { quiet?: boolean }) => {
      process.exitCode = await rotate(quiet);
    });
}

async function rotate(quiet: boolean): Promise<number> {
  const interrupt = untilInterrupted('stopping after this batch; once more ends at once\n');
  try {
    const state = await withPlatform(async (platform) => {
      const before = await stateOf(platform);
      const total = before.masterKeys.reduce((sum, { state: is, keys }) => (is === 'outdated' ? sum + keys : sum), 0);
      const bar = countBar(process.stderr, quiet, { what: 'wrapping', unit: 'keys', total });
      const onBatch = (wrapped: number): void => {
        for (let count = 0; count < wrapped; count++) bar.advance();
      };
      await platform.keys.rewrap({ signal: interrupt.signal, onBatch }).finally(() => bar.end());
      return stateOf(platform);
    });
    process.stdout.write(stateText(state));
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.done;
  } finally {
    interrupt.release();
  }
}

async function stateOf({ keys, settings }: Platform): Promise<KeysState> {
  const counts = await keys.byMasterVersion();
  const given = new Set(settings.secrets.masterKeys.map(({ version }) => version));
  const newest = Math.max(...given);
  const wrapping = counts.flatMap(({ version }) => (version === null ? [] : [version]));
  return {
    masterKeys: [...new Set([...given, ...wrapping])]
      .sort((a, b) => a - b)
      .map((version) => {
        const wrapped = counts.find((each) => each.version === version)?.keys ?? 0;
        const state = version >= newest ? 'wraps' : wrapped > 0 ? 'outdated' : 'may-leave';
        return { version, keys: wrapped, inSettings: given.has(version), state };
      }),
    erased: counts.find(({ version }) => version === null)?.keys ?? 0,
  };
}

const SAID: Readonly<Record<MasterKeyState['state'], string>> = {
  wraps: 'wraps new keys',
  outdated: 'rotate before it leaves the settings',
  'may-leave': 'wraps nothing; it may leave the settings',
};

function stateText({ masterKeys, erased }: KeysState): string {
  const lines = masterKeys.map(({ version, keys, state }) => `master key ${version}: ${keys} people's keys, ${SAID[state]}`);
  return `${[...lines, `erased: ${erased}`].join('\n')}\n`;
}
