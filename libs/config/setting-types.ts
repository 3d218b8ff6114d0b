import { isIP } from 'node:net';
import { EVENT_STORE_ADDRESS_FORM, MalformedConnectionString, readEventStoreAddress } from './event-store-address.js';
import type { SettingType } from './setting.js';
import { SettingFault } from './setting.js';

/** A key that seals the keys of persons. New ones are sealed with the highest version; older ones still open (ADR 0008). */
export interface MasterKey {
  version: number;
  /** 32 bytes. */
  key: Uint8Array;
}

const KEY_BYTES = 32;

export const text: SettingType<string> = { name: 'text', parse: (value) => value };

/** Long enough that guessing is hopeless; shorter ones are passwords by habit. */
export const secretText: SettingType<string> = {
  name: 'text of at least 32 characters',
  parse(value) {
    if (value.length < 32) throw new SettingFault(`must be ${this.name}`);
    return value;
  },
};

export const wholeNumber = (min: number, max: number): SettingType<number> => ({
  name: `a whole number from ${min} to ${max}`,
  parse(value) {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw new SettingFault(`must be ${this.name}`);
    return number;
  },
});

export const fraction: SettingType<number> = {
  name: 'a number from 0 to 1',
  parse(value) {
    const number = /^\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number <= 1)) throw new SettingFault(`must be ${this.name}`);
    return number;
  },
};

export const oneOf = <const Choice extends string>(...choices: Choice[]): SettingType<Choice> => ({
  name: `one of ${choices.join(', ')}`,
  parse(value) {
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new SettingFault(`must be ${this.name}`);
    return choice;
  },
});

export const url = (...schemes: string[]): SettingType<string> => ({
  name: `a URL starting with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  parse(value) {
    const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
    if (!schemes.includes(scheme)) throw new SettingFault(`must be ${this.name}`);
    return value;
  },
});

/** As the driver reads it: what it would refuse is refused here. */
export const eventStoreAddress: SettingType<string> = {
  name: EVENT_STORE_ADDRESS_FORM,
  parse(value) {
    try {
      readEventStoreAddress(value);
    } catch (error) {
      throw error instanceof MalformedConnectionString ? new SettingFault(error.message) : error;
    }
    return value;
  },
};

export const namespace: SettingType<string> = {
  name: 'a letter, then letters and digits, all small, 31 at most',
  parse(value) {
    if (!/^[a-z][a-z0-9]{0,30}$/.test(value)) throw new SettingFault(`must be ${this.name}`);
    return value;
  },
};

const listed = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Browser origins: scheme, host and port, nothing behind them. */
export const origins: SettingType<readonly string[]> = {
  name: 'origins such as https://desk.example.com, comma-separated',
  parse(value) {
    const parts = listed(value);
    if (!parts.every((part) => URL.canParse(part) && new URL(part).origin === part)) throw new SettingFault(`must be ${this.name}`);
    return parts;
  },
};

/** Of HTTP, as OpenTelemetry writes them. */
export const headers: SettingType<Readonly<Record<string, string>>> = {
  name: 'name=value, comma-separated, values percent-encoded',
  parse(value) {
    const pairs = listed(value).map((part) => {
      const [, name, encoded = ''] = /^([A-Za-z0-9!#$&'*+.^_`|~-]+)=((?:[^%]|%[2-7][0-9A-Fa-f])*)$/.exec(part) ?? [];
      const plain = decodeURIComponent(encoded);
      if (name === undefined || !/^[\x20-\x7e]*$/.test(plain)) throw new SettingFault(`must be ${this.name}`);
      return [name, plain] as const;
    });
    if (pairs.length === 0) throw new SettingFault(`must be ${this.name}`);
    return Object.fromEntries(pairs);
  },
};

const isNetwork = (part: string): boolean => {
  const [address = '', bits, ...more] = part.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
};

/** Whose X-Forwarded-For is believed. "Everyone" is not on offer: any client could then choose its own address. */
export const trustedProxies: SettingType<readonly string[]> = {
  name: 'IP addresses or networks such as 10.0.0.0/8, comma-separated',
  parse(value) {
    const parts = listed(value);
    if (!parts.every(isNetwork)) throw new SettingFault(`must be ${this.name}`);
    return parts;
  },
};

/** Where a cluster's first brokers answer. */
export const brokers: SettingType<readonly string[]> = {
  name: 'host:port, comma-separated',
  parse(value) {
    const parts = listed(value);
    if (parts.length === 0 || !parts.every((part) => /^[A-Za-z0-9._-]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(part)))
      throw new SettingFault(`must be ${this.name}`);
    return parts;
  },
};

/** The first part of a topic's name: Kafka takes nothing else. */
export const topicPrefix: SettingType<string> = {
  name: 'letters, digits, ".", "_" and "-", at most 100',
  parse(value) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(value)) throw new SettingFault(`must be ${this.name}`);
    return value;
  },
};

/** Ascending by version, so the last one seals. */
export const masterKeys: SettingType<readonly MasterKey[]> = {
  name: '<version>:<base64 of 32 bytes>, comma-separated',
  parse(value) {
    const keys = listed(value).map((part) => {
      const [, version, encoded] = /^(\d{1,9}):([A-Za-z0-9+/]+={0,2})$/.exec(part) ?? [];
      const key = Buffer.from(encoded ?? '', 'base64');
      if (version === undefined || Number(version) < 1 || key.length !== KEY_BYTES) throw new SettingFault(`must be ${this.name}`);
      return { version: Number(version), key: new Uint8Array(key) };
    });
    if (keys.length === 0) throw new SettingFault(`must be ${this.name}`);
    if (new Set(keys.map(({ version }) => version)).size < keys.length) throw new SettingFault('must not name a version twice');
    return keys.sort((a, b) => a.version - b.version);
  },
};
