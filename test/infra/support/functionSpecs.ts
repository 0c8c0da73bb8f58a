import {
  type FunctionSpec,
  finishPendingFunction,
  postStreamEventsFunction,
  reconcileFunction,
  resourceFunctions,
  rotateSecretFunction,
  seedCategoriesFunction,
  sweepResourcesFunction,
} from '../../../model/functions.ts';

/** What every function of the stack may do, by its service. */
export const functionSpecs: Readonly<Record<string, FunctionSpec>> = {
  ...resourceFunctions,
  postStreamEvents: postStreamEventsFunction,
  reconcile: reconcileFunction,
  finishPending: finishPendingFunction,
  sweepResources: sweepResourcesFunction,
  rotateSecret: rotateSecretFunction,
  seedCategories: seedCategoriesFunction,
};
