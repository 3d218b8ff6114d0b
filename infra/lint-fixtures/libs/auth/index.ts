export const roles = ['consultant'];
