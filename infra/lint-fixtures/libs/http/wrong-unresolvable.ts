// breaks: resolvable
export * from './nowhere.js';
