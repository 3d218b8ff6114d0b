import { KEY_BYTES, encrypt, pack, unpack } from './aead.js';
import { UnknownMasterKey } from './errors.js';

/** One master key of the setting MASTER_KEYS; `key` has 32 bytes. */
export interface MasterKeyVersion {
  version: number;
  key: Uint8Array;
}

export interface WrappedKey {
  wrapped: Buffer;
  version: number;
}

/** Wraps the key of each person. The highest version wraps; the older ones open what they wrapped (ADR 0008). */
export class MasterKeys {
  readonly newest: number;
  private readonly byVersion: ReadonlyMap<number, Uint8Array>;

  constructor(keys: readonly MasterKeyVersion[]) {
    if (keys.length === 0 || keys.some(({ key }) => key.length !== KEY_BYTES)) throw new Error('a master key has 32 bytes');
    this.byVersion = new Map(keys.map(({ version, key }) => [version, key]));
    this.newest = Math.max(...this.byVersion.keys());
  }

  /** `owner` is authenticated, so that a wrapped key moved to another person's row does not open. */
  wrap(key: Uint8Array, owner: string): WrappedKey {
    return { wrapped: pack(encrypt(this.version(this.newest), key, owner)), version: this.newest };
  }

  /**
   * @throws UnknownMasterKey
   * @throws SealBroken where the master key of this version, or the owner, is another
   */
  unwrap({ wrapped, version }: WrappedKey, owner: string): Buffer {
    return unpack(this.version(version), wrapped, owner);
  }

  private version(version: number): Uint8Array {
    const key = this.byVersion.get(version);
    if (key === undefined) throw new UnknownMasterKey(version);
    return key;
  }
}
