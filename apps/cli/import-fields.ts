import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { KnownFields } from '@touchline/importing/known-fields.js';
import { knownFields } from '@touchline/importing/known-fields.js';
import { readPlaybook } from '@touchline/importing/prepare.js';

interface Options {
  playbook?: string;
  json?: true;
}

/** What a mapping may say, without a database: from the declarations that check it. */
export function addImportFields(parent: Command): void {
  parent
    .command('fields')
    .summary('list the fields and channels that a mapping may name')
    .description('Lists each touchpoint with its fields, which of them are required, and the channels.')
    .argument('[touchpoint]', 'only this one')
    .option('--playbook <file>', 'also the touchpoints that this playbook declares')
    .option('--json', 'print it as JSON')
    .action(async (touchpoint: string | undefined, options: Options) => {
      const playbook =
        options.playbook === undefined ? undefined : readPlaybook(options.playbook, await readFile(options.playbook, 'utf8'));
      const all = knownFields(playbook);
      const known =
        touchpoint === undefined ? all : { ...all, touchpoints: all.touchpoints.filter((each) => each.touchpoint === touchpoint) };
      if (known.touchpoints.length === 0)
        parent.error(
          `error: there is no touchpoint "${touchpoint ?? ''}"; there are ${all.touchpoints.map((each) => each.touchpoint).join(', ')}`,
        );
      process.stdout.write(options.json ? `${JSON.stringify(known)}\n` : asText(known));
    });
}

function asText({ channels, touchpoints }: KnownFields): string {
  const blocks = touchpoints.map(({ touchpoint, channel, direction, fields }) => {
    const width = Math.max(0, ...fields.map(({ name }) => name.length));
    const lines = fields.map(({ name, required, kind }) => `  ${name.padEnd(width)}  ${required ? 'required  ' : '          '}${kind}\n`);
    return `${touchpoint} (${channel}, ${direction} by default)\n${lines.join('')}`;
  });
  return `${blocks.join('\n')}\nchannels: ${channels.join(', ')}\n`;
}
