// breaks: layer-moving
export { platform } from '@touchline/platform';
