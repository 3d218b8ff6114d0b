import type { SettingGroup } from './declarations.js';
import type { Setting } from './setting.js';

/** `.env.example`: every setting with its default; required ones stand ready to be filled in. */
export function renderEnvExample(groups: readonly SettingGroup[]): string {
  const blocks = groups.map(({ title, settings }) =>
    [`# ${title}`, ...Object.values(settings).map((setting) => ['', ...exampleLines(setting)].join('\n'))].join('\n'),
  );
  return `# Generated from libs/config/declarations.ts by \`npm run generate:config\`. Copy to .env and fill in.\n\n${blocks.join('\n\n')}\n`;
}

const nothingSet = (): undefined => undefined;

function exampleLines(setting: Setting): string[] {
  const needed = setting.required ? ` Required ${setting.required.text}.` : '';
  const line = `${setting.key}=${setting.default ?? ''}`;
  return [
    `# ${setting.description}${needed}`,
    ...(setting.make === undefined ? [] : [`# Make one: ${setting.make}`]),
    // What need not be set stays commented out, so that a later change of its default is not held up by a copy.
    setting.required?.applies(nothingSet) ? line : `# ${line}`,
  ];
}

/** The settings' reference in Markdown, one table a group. */
export function renderReference(groups: readonly SettingGroup[]): string {
  const head = [
    '# Configuration',
    '',
    'Settings are environment variables; an empty one counts as unset. They are checked at start, and every fault is listed at once.',
    'Generated from `libs/config/declarations.ts` by `npm run generate:config`.',
  ];
  const tables = groups.flatMap(({ title, settings }) => [
    '',
    `## ${title}`,
    '',
    '| variable | meaning | value | default | required | secret |',
    '|---|---|---|---|---|---|',
    ...Object.values(settings).map(row),
  ]);
  return [...head, ...tables, ''].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const row = (setting: Setting): string =>
  `| ${[
    `\`${setting.key}\``,
    cell(setting.description),
    cell(setting.type.name),
    setting.default ? `\`${setting.default}\`` : '',
    setting.required?.text ?? '',
    setting.secret ? 'yes' : '',
  ].join(' | ')} |`;
