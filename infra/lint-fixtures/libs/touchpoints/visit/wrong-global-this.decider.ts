// breaks: no-restricted-properties
export const now = (): unknown => globalThis.Date;
