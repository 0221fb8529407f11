/** The type of a registration in Pulumi's state. */
export const resourceType = "pulumi-nodejs:dynamic/vcc:VccProvider";

/**
 * The code that the state stores for each registration, twice, and that `destroy` runs years later.
 * It only finds the installed package, so that every fix reaches every registration and the code
 * captures no secret. It never changes after a release. It has no double quotes: the state would
 * store two characters for each.
 *
 * Without the package, `check` fails, which precedes every create and update, and so does `delete`.
 * The host echoes the state if there is no `read`.
 */
export const providerCode =
  "exports.handler=_=>{try{return require('pulumi-vcc/dynamic')}" +
  "catch(e){let f=_=>{throw e};return{check:f,delete:f}}}";

/** The value of `drift` as long as nothing has contradicted the registration. */
export const noDrift = "none";
