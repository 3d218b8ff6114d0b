/** A kind of value: its name for people, and how its text is read. */
export interface SettingType<T> {
  /** Shown in the reference and in faults: `a whole number from 1 to 65535`. */
  name: string;
  /** @throws SettingFault with what is wrong; the text itself must not be part of it. */
  parse(text: string): T;
}

/** What is wrong with one value, in words that fit behind the setting's name. */
export class SettingFault extends Error {
  override readonly name = 'SettingFault';
}

/** The other settings as written, to work out whether one is required. Unset and empty are the same: undefined. */
export type RawSettings = (key: string) => string | undefined;

export interface Requirement {
  /** For the reference: `always`, or `with OIDC_ISSUER`. */
  text: string;
  applies(raw: RawSettings): boolean;
}

/** One setting, declared once: start-up check, reference, example file and redaction all come from here. */
export interface Setting<T = unknown> {
  key: string;
  type: SettingType<T>;
  description: string;
  /** Never printed, logged or quoted in a fault. */
  secret: boolean;
  /** As it would be written in the environment. */
  default?: string;
  required?: Requirement;
  /** A command that makes a good value, for the example file. */
  make?: string;
}

interface Options {
  description: string;
  secret?: boolean;
  make?: string;
}

const build = <T>(key: string, type: SettingType<T>, options: Options, rest: Partial<Setting<T>>): Setting<T> => ({
  key,
  type,
  description: options.description,
  secret: options.secret ?? false,
  ...(options.make === undefined ? {} : { make: options.make }),
  ...rest,
});

export const always: Requirement = { text: 'always', applies: () => true };
export const requiredWith = (key: string): Requirement => ({ text: `with ${key}`, applies: (raw) => raw(key) !== undefined });
export const requiredWithout = (key: string): Requirement => ({ text: `without ${key}`, applies: (raw) => raw(key) === undefined });

/** The platform does not start without it. */
export const required = <T>(key: string, type: SettingType<T>, options: Options): Setting<T> =>
  build(key, type, options, { required: always });

/** Unset means `fallback`, written as in the environment. */
export const withDefault = <T>(key: string, type: SettingType<T>, fallback: string, options: Options): Setting<T> =>
  build(key, type, options, { default: fallback });

/** May be unset, unless `requirement` applies. */
export const optional = <T>(key: string, type: SettingType<T>, options: Options & { required?: Requirement }): Setting<T | undefined> =>
  build<T | undefined>(key, type, options, options.required ? { required: options.required } : {});
