/** A sealed field does not open: wrong key, altered bytes, or bytes of another event or field. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** A sealed field whose key is neither there nor erased: the table of keys is not the one that belongs to this log. */
export class PersonalKeyMissing extends Error {
  override readonly name = 'PersonalKeyMissing';
  constructor(
    readonly tenant: string,
    readonly subject: string,
  ) {
    super(`there is no key of ${subject} in ${tenant}; it was not erased either`);
  }
}

/** A personal key is wrapped by a master key that the settings no longer, or do not yet, name. */
export class UnknownMasterKey extends Error {
  override readonly name = 'UnknownMasterKey';
  constructor(readonly version: number) {
    super(`MASTER_KEYS lacks version ${version}`);
  }
}

/** A secret of the settings is not the one that the database was written with. */
export class WrongSecret extends Error {
  override readonly name = 'WrongSecret';
  constructor(setting: string, problem: string) {
    super(`${setting} ${problem}`);
  }
}

/** An event with personal fields that is about nobody whose key could seal them. */
export class NobodyToSealFor extends Error {
  override readonly name = 'NobodyToSealFor';
  constructor(type: string) {
    super(`${type} carries personal fields and names nobody they belong to`);
  }
}
