// breaks: @typescript-eslint/no-explicit-any
export const show = (value: any): string => String(value);
