// breaks: no-restricted-syntax
export const first = (names: Map<string, string>): string => names.get('first')!;
