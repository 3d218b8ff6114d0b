export * from './services.js';
export * from './record-on-journey.js';
export * from './find-journey.js';
export * from './place-contact.js';
export * from './record.js';
