import type { OpenAPIObject } from '@nestjs/swagger';
import type { RoutePermission } from '@touchline/auth';
import type { Touchpoint } from '@touchline/touchpoints/declare.js';
import { touchpoints } from '@touchline/touchpoints/list.js';

const TAGS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(touchpoints.flatMap((each: Touchpoint) => Object.entries(each.tags ?? {}))),
  administration: 'units, sites, calendars, users and playbooks of the group',
  operation: 'health, read models and the relay, for whoever runs the platform',
  proof: 'signed heads of the log, and evidence that is checked without this platform',
  'sign-in': 'tokens, and who the caller is',
  timelines: 'what happened, in order',
  topics: 'what is told on Kafka',
  traffic: 'calls and visits by day',
};

const WITHIN = {
  site: "Within the caller's sites.",
  group: 'For callers who work for the whole group.',
  self: "About the caller's own.",
  platform: 'For whoever runs the platform, over all groups.',
};

interface Operation {
  summary?: string;
  description?: string;
  tags?: string[];
}

/** Says of each tag what it gathers, and of each operation who may call it: the permission beside the route. */
export function addDescriptions(document: OpenAPIObject, permissions: readonly RoutePermission[]): void {
  for (const { method, path, permission } of permissions) {
    const methods = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
    const operation = methods?.[method.toLowerCase()];
    if (operation === undefined) continue;
    const who =
      permission === null || permission === 'public'
        ? 'For anybody, without a token.'
        : [
            `For ${permission.roles.join(', ')}.`,
            WITHIN[permission.scope],
            ...(permission.why === undefined ? [] : [`${permission.why}.`]),
          ].join(' ');
    operation.description ??= who;
  }
  const used = new Set(
    Object.values(document.paths).flatMap((path) => Object.values(path as Record<string, Operation>).flatMap(({ tags = [] }) => tags)),
  );
  document.tags = [...used].sort().map((name) => ({ name, description: TAGS[name] ?? '' }));
}
