/**
 * To be loaded before a service, by `node --import`: weaves into it the fail points that `ALO_FAIL_POINTS` names and
 * the sabotage that `ALO_SABOTAGE` names, and makes it the variant that `ALO_VARIANT` names. Without these it does
 * nothing, and the service is as it is.
 */
const { ALO_FAIL_POINTS = '', ALO_SABOTAGE = '', ALO_VARIANT = '' } = process.env;

if (ALO_FAIL_POINTS !== '' || ALO_SABOTAGE !== '' || ALO_VARIANT !== '') {
  const { weaveService } = await import('./weave-service.ts');
  weaveService({ failPoints: ALO_FAIL_POINTS, sabotage: ALO_SABOTAGE, variant: ALO_VARIANT });
}

export {};
