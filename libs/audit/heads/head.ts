import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SignedHead } from '../evidence/verify-evidence.js';
import { headIsSigned, headText, keyIdOf, sealText } from '../evidence/verify-evidence.js';

export type { SignedHead } from '../evidence/verify-evidence.js';

/** PKCS #8 of an Ed25519 key, up to the 32 bytes that it is made from. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface PublicKey {
  keyId: string;
  /** 32 bytes, hex. */
  publicKey: string;
}

export interface TextSignature {
  keyId: string;
  /** Hex. */
  signature: string;
}

interface KeyPair {
  key: KeyObject;
  public: PublicKey;
}

/** Ed25519 keys of the platform: the newest signs, and what an older one signed stays known. */
export class SigningKeys {
  private readonly pairs: readonly KeyPair[];
  private readonly newest: KeyPair;

  /** `keys`: by version, each made from 32 random bytes. */
  constructor(keys: readonly { version: number; key: Uint8Array }[]) {
    this.pairs = [...keys].sort((a, b) => b.version - a.version).map(({ key }) => pairOf(key));
    const [newest] = this.pairs;
    if (newest === undefined) throw new Error('there is no key to sign with');
    this.newest = newest;
  }

  /** The newest first. */
  get public(): PublicKey[] {
    return this.pairs.map((pair) => pair.public);
  }

  /** The key that signs. */
  get current(): PublicKey {
    return this.newest.public;
  }

  signHead(head: Omit<SignedHead, 'signature' | 'keyId' | 'format'>): SignedHead {
    const whole = { ...head, format: 'touchline-log-head/1' as const, keyId: this.current.keyId };
    return { ...whole, signature: signature(headText(whole), this.newest.key) };
  }

  /** Over the digest of an evidence file's lines, with the key that signed the head in it. */
  signSeal(digest: string, keyId: string): string {
    const pair = this.pairs.find((each) => each.public.keyId === keyId) ?? this.newest;
    return signature(sealText(digest), pair.key);
  }

  /** Over a text that says itself what it is of, so that it can never be taken for a head or a seal. */
  signText(text: string): TextSignature {
    return { keyId: this.current.keyId, signature: signature(text, this.newest.key) };
  }

  haveSignedText(text: string, { keyId, signature: signed }: TextSignature): boolean {
    const pair = this.pairs.find((each) => each.public.keyId === keyId);
    return pair !== undefined && verify(null, Buffer.from(text), createPublicKey(pair.key), Buffer.from(signed, 'hex'));
  }

  /** True for a head that one of these keys has signed. */
  haveSigned(head: SignedHead): boolean {
    return this.public.some(({ publicKey }) => headIsSigned(head, publicKey));
  }
}

const signature = (text: string, key: KeyObject): string => sign(null, Buffer.from(text), key).toString('hex');

function pairOf(seed: Uint8Array): KeyPair {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url').toString('hex');
  return { key, public: { publicKey, keyId: keyIdOf(publicKey) } };
}

/** A head to hold a log against, and whether the platform has signed it. */
export interface KnownHead {
  head: SignedHead;
  isSigned: boolean;
}
