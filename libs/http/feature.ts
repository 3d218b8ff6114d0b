import type { DynamicModule, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';

/** What belongs together behind the API: a touchpoint, a read model, the relay … */
export interface Feature {
  /** Its folder's. */
  name: string;
  controllers: readonly Type[];
}

/** Its Nest module: its routes, over what the application provides to all. */
export function featureModule({ name, controllers }: Feature): DynamicModule {
  @Module({})
  class FeatureModule {}
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  Object.defineProperty(FeatureModule, 'name', { value: `${words.join('')}Module` });
  return { module: FeatureModule, controllers: [...controllers] };
}
