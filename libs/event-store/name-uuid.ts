import { v5 as uuidv5 } from 'uuid';

/**
 * UUIDv5 of a name within a namespace, itself a UUID. Ids are made for every event, so both are handed over as bytes: the
 * library's own reading of texts takes several times as long as the digest.
 */
export function nameUuid(name: string, namespace: string): string {
  const bytes = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  // What is no namespace, or has no bytes in UTF-8, the library refuses.
  return bytes.length === 16 && name.isWellFormed() ? uuidv5(Buffer.from(name), bytes) : uuidv5(name, namespace);
}
