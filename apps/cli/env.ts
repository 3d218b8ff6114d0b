import type { Command } from 'commander';
import { homeEnvironment } from './platform.js';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** For runbooks: what `npm start` made for itself, so that `psql` and other tools find it. */
export function addEnv(program: Command): void {
  program
    .command('env')
    .summary("settings of npm start's platform")
    .description('Prints the settings of the platform that npm start runs in this folder, as lines for a shell: eval "$(touchline env)".')
    .action(async () => {
      const settings = await homeEnvironment();
      const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
      process.stdout.write(lines.length > 0 ? lines.join('') : '# the settings are in the environment\n');
    });
}
