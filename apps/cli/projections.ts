import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { Problem } from '@touchline/http/problem.js';
import type { Platform } from '@touchline/platform/platform.js';
import type { RowsVerified } from '@touchline/rebuild';
import { RowsNotOurs, verifyRows } from '@touchline/rebuild';
import { lagOf, pause } from '@touchline/subscriptions';
import { EXIT } from './exit.js';
import { untilInterrupted } from './interrupt.js';
import { operatorHere } from './operators.js';
import { withPlatform } from './platform.js';
import { countBar, watchedBar } from './progress.js';
import type { BuildTold, ProjectionTold } from './projections-text.js';
import { asideText, buildText, differencesText, projectionsText, verifiedText } from './projections-text.js';

const REBUILD_HELP = `
What it does:
  Has a projector fold the whole log into tables of their own, beside the live ones, which go on serving. When they have come
  to the same place, both are compared and queries are switched over, at once or not at all. With the version unchanged the
  rows must be equal, or the switch is refused; touchline projections differences names the keys.
  It is done by a running projector, and goes on when this command ends.

Exit codes:
  0  begun; with --wait, switched          3  with --wait: refused, cancelled, or stopped at an event
  2  it cannot be begun                    130  no longer waiting (Ctrl-C); the rebuild goes on

docs/runbooks/rebuild.md says what to do then.`;

const VERIFY_HELP = `
What it does:
  Folds the streams of a sample of rows anew, up to the place in the log that the rows stand at, and compares. --all reads
  every stream of the log, and so also finds rows that are not there. It changes nothing.

Exit codes:
  0  the rows are as the log says          3  some are not: they are named, each with the first event that says otherwise
  1  failed on the way                     2  there is nothing to compare
  130  stopped (Ctrl-C)`;

interface Quiet {
  json?: true;
  quiet?: true;
}

export function addProjections(program: Command): void {
  const projections = program
    .command('projections')
    .summary('show, rebuild and verify the read models')
    .description('Shows, rebuilds and verifies the read models.');
  projections
    .command('list')
    .description('How each read model stands: its version, how far behind the log, its rebuild, its last check.')
    .option('--json', 'print JSON')
    .action(async ({ json }: Quiet) => {
      process.exitCode = await withPlatform(async (platform) => {
        const told = await all(platform);
        print(json ? JSON.stringify(told) : projectionsText(told));
        return EXIT.done;
      });
    });
  paged(projections.command('set-aside'), 'streams')
    .summary('streams that could not be worked in')
    .description('Names the streams, of every group, that a read model has set aside: why, since when, and how much waits.')
    .argument('<name>')
    .action(async (name: string, { json, ...asked }: PageAsked & { json?: true }) => {
      process.exitCode = await operating(async (platform) => {
        const page = await (await asideOf(platform)).list(await pageOf(asked, 'stream'), { name });
        print(json ? JSON.stringify(page) : asideText(page));
        return EXIT.done;
      });
    });
  projections
    .command('retry')
    .summary('try again what is set aside')
    .description('Has a running projector try again at once what a read model has set aside.')
    .argument('<name>')
    .action(async (name: string) => {
      process.exitCode = await operating(async (platform) => {
        const aside = await asideOf(platform);
        const { Operations } = await import('@touchline/auth/operations.js');
        const some = (await aside.summary(name)).streams > 0;
        if (some)
          await new Operations(platform.services.deps).order(await operatorHere(), { operation: 'projection.retry', subject: name });
        const { streams } = await aside.retry(name);
        print(`${streams} streams are tried again`);
        return EXIT.done;
      });
    });
  projections
    .command('rebuild')
    .summary('build one anew beside the live one, to take its place')
    .description('Builds a read model anew beside the live one, to take its place.')
    .argument('<name>')
    .option('--wait', 'show how it goes until it is done')
    .option('--accept-differences', 'switch although rows differ: they are wrong as they are')
    .option('--json', 'print JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', REBUILD_HELP)
    .action(async (name: string, options: Quiet & { wait?: true; acceptDifferences?: true }) => {
      process.exitCode = await operating(async (platform) => {
        const { acceptDifferences = false, wait = false } = options;
        const begun = await (await rebuildsOf(platform)).begin(await operatorHere(), name, { acceptDifferences });
        const build = wait ? await watch(platform, begun, options.quiet ?? false) : begun;
        print(options.json ? JSON.stringify(build) : buildText(build));
        return exitOf(build, wait);
      });
    });
  for (const [verb, summary] of [
    ['cancel', 'have a rebuild stand still'],
    ['resume', 'have a rebuild that was cancelled, or that stopped at an event, go on'],
  ] as const)
    projections
      .command(verb)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .argument('<name>')
      .action(async (name: string) => {
        process.exitCode = await operating(async (platform) => {
          print(buildText(await (await rebuildsOf(platform))[verb](await operatorHere(), name)));
          return EXIT.done;
        });
      });
  projections
    .command('drop')
    .summary('remove the rows that were live before')
    .description('Removes the rows that were live before, and those of a rebuild that was cancelled or refused.')
    .argument('<name>')
    .action(async (name: string) => {
      process.exitCode = await operating(async (platform) => {
        const dropped = await (await rebuildsOf(platform)).drop(await operatorHere(), name);
        print(dropped.length === 0 ? 'nothing to drop' : dropped.map(({ schema }) => `dropped ${schema}`).join('\n'));
        return EXIT.done;
      });
    });
  paged(projections.command('differences'), 'keys')
    .summary('what differed when a build was compared')
    .description('Names the keys that differed when a build was compared with the rows before it, and the first event that made them so.')
    .argument('<name>')
    .option('--build <number>', 'default: the newest that was compared', positive)
    .action(async (name: string, { build, json, ...asked }: PageAsked & { build?: number; json?: true }) => {
      process.exitCode = await operating(async (platform) => {
        const page = await (await rebuildsOf(platform)).differences(name, build, await pageOf(asked, 'key'));
        print(json ? JSON.stringify(page) : differencesText(page));
        return EXIT.done;
      });
    });
  projections
    .command('verify')
    .summary('hold live rows against the log')
    .description('Holds live rows of one read model, or of all, against the log.')
    .argument('[name]')
    .option('--sample <number>', 'so many rows of each, by chance', positive, 500)
    .option('--all', 'every row and every stream')
    .option('--json', 'print JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', VERIFY_HELP)
    .action(async (name: string | undefined, options: Quiet & { sample: number; all?: true }) => {
      process.exitCode = await verify(name, options);
    });
}

/** Which page of a list, as the options of `paged` say. */
interface PageAsked {
  limit: number;
  cursor?: string;
}

const paged = (command: Command, what: string): Command =>
  command
    .option('--limit <number>', `most ${what}`, positive, 50)
    .option('--cursor <cursor>', 'as the page before ended')
    .option('--json', 'print JSON');

async function pageOf(asked: PageAsked, by: string) {
  const { Paging } = await import('@touchline/http');
  return new Paging(asked, by, ['text'], 'asc');
}

/** What it works with is loaded with every route there is, which other commands need not wait for. */
async function rebuildsOf(platform: Platform) {
  const { RebuildOperations } = await import('@touchline/projections/rebuilds.js');
  const { Operations } = await import('@touchline/auth/operations.js');
  return new RebuildOperations({ ...platform, operations: new Operations(platform.services.deps) });
}

async function asideOf(platform: Platform) {
  const { SetAsideOperations } = await import('@touchline/projections/set-aside.js');
  return new SetAsideOperations(platform);
}

async function all(platform: Platform): Promise<ProjectionTold[]> {
  const { checkpoints, store, pool } = platform;
  const [{ projections }, { otherVersions }, { RowChecks }, rebuilds] = await Promise.all([
    import('@touchline/projections'),
    import('@touchline/projections/rebuilds.js'),
    import('@touchline/rebuild'),
    rebuildsOf(platform),
  ]);
  const aside = await asideOf(platform);
  const [others, checks] = [await otherVersions(platform), await new RowChecks(pool).list()];
  return Promise.all(
    projections.map(async ({ name, projection: { version } }): Promise<ProjectionTold> => {
      const checkpoint = await checkpoints.get(name);
      return {
        ...{ name, version, state: checkpoint?.state ?? 'idle', position: checkpoint?.position ?? null },
        lag: await lagOf(store, checkpoint?.position ?? null),
        failure: checkpoint?.failure ?? null,
        setAside: await aside.summary(name),
        ...(await rebuilds.current(name)),
        advice: others.find(({ projection }) => projection === name)?.advice ?? null,
        checked: checks.find(({ projection }) => projection === name) ?? null,
      };
    }),
  );
}

/** Until it is done, or nobody waits any longer. */
async function watch(platform: Platform, begun: BuildTold, quiet: boolean): Promise<BuildTold> {
  const interrupt = untilInterrupted('no longer waiting; the rebuild goes on\n');
  const bar = watchedBar(process.stderr, quiet, `rebuilding ${begun.projection}`, 'events');
  const rebuilds = await rebuildsOf(platform);
  let build = begun;
  try {
    while (build.state === 'building' && !interrupt.signal.aborted) {
      await pause(250, interrupt.signal);
      build = (await rebuilds.list(begun.projection)).find(({ build: number }) => number === begun.build) ?? build;
      bar.show(build.progress.done, build.progress.total ?? 0);
    }
  } finally {
    bar.end();
    interrupt.release();
  }
  return build;
}

function exitOf({ state }: BuildTold, waited: boolean): number {
  if (!waited || state === 'live') return EXIT.done;
  return state === 'building' ? EXIT.interrupted : EXIT.reported;
}

async function verify(name: string | undefined, options: Quiet & { sample: number; all?: true }): Promise<number> {
  const { sample, all: every = false, json, quiet = false } = options;
  const interrupt = untilInterrupted('stopping; once more ends at once\n');
  try {
    return await operating(async (platform) => {
      const [{ projections }, { known }] = await Promise.all([
        import('@touchline/projections'),
        import('@touchline/projections/rebuilds.js'),
      ]);
      const views = name === undefined ? projections.map(({ projection }) => projection) : [known(name)];
      const verified: RowsVerified[] = [];
      for (const view of views) {
        const bar = countBar(process.stderr, quiet || !every, { what: `verifying ${view.name}`, unit: 'events', total: 0 });
        const deps = { ...platform, open: platform.openForViews };
        const how = { sample: every ? ('all' as const) : sample, signal: interrupt.signal, onEvent: () => bar.advance() };
        verified.push(await verifyRows(deps, view, how).finally(() => bar.end()));
        if (verified.at(-1)?.interrupted === true) break;
      }
      print(json ? JSON.stringify(verified) : verifiedText(verified));
      if (verified.some(({ differing }) => differing > 0)) return EXIT.reported;
      return verified.some(({ interrupted }) => interrupted) ? EXIT.interrupted : EXIT.done;
    });
  } finally {
    interrupt.release();
  }
}

/** What cannot be done is said in its own words. */
async function operating(work: (platform: Platform) => Promise<number>): Promise<number> {
  try {
    return await withPlatform(work);
  } catch (error) {
    if (!(error instanceof Problem || error instanceof RowsNotOurs)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.unusable;
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('a whole number from 1');
  return number;
}

const print = (text: string): boolean => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
