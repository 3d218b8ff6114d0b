import type { Settings } from './declarations.js';
import { crossChecks, declarations } from './declarations.js';
import type { RawSettings, Setting } from './setting.js';
import { SettingFault } from './setting.js';

export interface Fault {
  key: string;
  problem: string;
}

/** Everything that is wrong with the settings, at once. Holds no value of a secret. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';
  constructor(readonly faults: readonly Fault[]) {
    super(['the settings are not valid:', ...faults.map(({ key, problem }) => `  ${key} ${problem}`)].join('\n'));
  }
}

/**
 * Reads and checks every declared setting. An empty variable counts as unset.
 * @throws InvalidSettings naming every fault
 */
export function loadSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const raw: RawSettings = (key) => {
    const written = env[key]?.trim();
    return written === '' ? undefined : written;
  };
  const faults: Fault[] = [];
  const settings = Object.fromEntries(
    Object.entries(declarations).map(([group, { settings: declared }]) => [
      group,
      Object.fromEntries(Object.entries<Setting>(declared).map(([name, setting]) => [name, read(setting, raw, faults)])),
    ]),
  ) as Settings;
  // Only whole settings can be held against each other.
  if (faults.length === 0) faults.push(...crossChecks.map((check) => check(settings)).filter((fault) => fault !== undefined));
  if (faults.length > 0) throw new InvalidSettings(faults);
  return deepFreeze(settings);
}

function read(setting: Setting, raw: RawSettings, faults: Fault[]): unknown {
  const written = raw(setting.key) ?? setting.default;
  if (written === undefined) {
    if (setting.required?.applies(raw)) faults.push({ key: setting.key, problem: `is missing (required ${setting.required.text})` });
    return undefined;
  }
  try {
    return setting.type.parse(written);
  } catch (error) {
    if (!(error instanceof SettingFault)) throw error;
    faults.push({ key: setting.key, problem: setting.secret ? error.message : `${error.message}, not ${JSON.stringify(written)}` });
    return undefined;
  }
}

function deepFreeze<T>(value: T): T {
  // Bytes cannot be frozen; nobody has a reason to write into a key.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
