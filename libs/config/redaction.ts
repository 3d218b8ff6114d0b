import type { Settings } from './declarations.js';
import { allSettings, declarations } from './declarations.js';
import type { Setting } from './setting.js';

export const REDACTED = '[redacted]';

/** Names of the environment variables that hold secrets. */
export const secretKeys: readonly string[] = allSettings.filter(({ secret }) => secret).map(({ key }) => key);

const secretNames = Object.entries(declarations).flatMap(([group, { settings }]) =>
  Object.entries<Setting>(settings).flatMap(([name, { secret }]) => (secret ? [{ group, name }] : [])),
);

/**
 * Paths for pino's `redact`: secrets as environment variables and as settings, at the top of a log line and one or two
 * levels down (`{ env }`, `{ settings }`).
 */
export const secretLogPaths: readonly string[] = [
  ...secretKeys.flatMap((key) => [key, `*.${key}`]),
  ...secretNames.flatMap(({ group, name }) => [name, `${group}.${name}`, `*.${group}.${name}`]),
];

/** The settings in the same shape, fit to be logged: each secret that is set shows as `[redacted]`. */
export function redactedSettings(settings: Settings): Record<string, Record<string, unknown>> {
  const isSecret = (group: string, name: string): boolean => secretNames.some((each) => each.group === group && each.name === name);
  return Object.fromEntries(
    Object.entries(settings).map(([group, values]) => [
      group,
      Object.fromEntries(
        Object.entries<unknown>(values)
          // Not there, rather than undefined: a logger that redacts by path would say it is set.
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [name, isSecret(group, name) ? REDACTED : value]),
      ),
    ]),
  );
}
