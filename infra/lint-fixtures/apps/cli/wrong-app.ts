// breaks: apps-import-no-app
export { controllers } from '../api/main.js';
