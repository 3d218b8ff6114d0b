export const service = 'touchline';
