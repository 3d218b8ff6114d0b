import { ROLES } from '@touchline/core';
import type { RoutePermission } from './permission-table.js';

/** The document of permissions: route × role × scope. */
export function renderPermissions(routes: readonly RoutePermission[]): string {
  const rows = routes.map(({ method, path, permission }) => {
    const route = `\`${method} ${path}\``;
    if (permission === null) throw new Error(`${method} ${path} does not say who may call it`);
    if (permission === 'public') return [route, ...ROLES.map(() => '●'), 'public', ''];
    return [route, ...ROLES.map((role) => (permission.roles.includes(role) ? '●' : '')), permission.scope, permission.why ?? ''];
  });
  const header = ['route', ...ROLES, 'scope', 'why'];
  return [
    '# Permissions',
    '',
    'Generated from the controllers by `npm run generate:permissions`. ● may call; everybody else is refused (deny by default).',
    '',
    '- **site**: only what belongs to the sites of the caller.',
    '- **group**: for callers who work for the whole group.',
    "- **self**: the caller's own.",
    '- **platform**: of all groups; [operating the platform](operating.md) is a role of none of them.',
    '- **public**: without a token.',
    '',
    line(header),
    line(header.map(() => '---')),
    ...rows.map(line),
    '',
  ].join('\n');
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
