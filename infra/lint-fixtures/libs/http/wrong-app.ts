// breaks: libs-import-no-app
export { controllers } from '../../apps/api/main.js';
