// breaks: layer-intake
export { project } from '@touchline/projections';
